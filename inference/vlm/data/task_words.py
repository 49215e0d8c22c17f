"""What is asked and said in the task sets of `tasks`. Fields: `colour`, `shape`, `other` (shape), `place`, `sized`."""

SEARCH = "Search query for: "
NO_QUERY = "-"
NO_SHAPE = "The picture shows no plain coloured shape."

CAPTIONS = {
    "Describe this picture in one or two sentences.": "The picture shows {sized} {colour} {shape} {place}.",
    "Write a short caption for this picture.": "{sized} {colour} {shape}",
}

QUERIES: dict[tuple[str, ...], str] = {
    (
        "what is this?",
        "what is that in the picture?",
        "what do you see here?",
        "what is shown?",
        "and what is it?",
        "name it",
        "what am I looking at?",
    ): "{colour} {shape}",
    (
        "what shape is this?",
        "what is the {colour} shape?",
        "which shape is in the image?",
        "what shape does the image contain?",
    ): "{colour} {shape}",
    (
        "and what colour is it?",
        "what color is this?",
        "what is the colour of the shape?",
        "what color does it have?",
        "which colour has the {shape}?",
    ): "colour of the {colour} {shape}",
    (
        "is there a {other} in the image?",
        "is it a {other}?",
        "is this a {shape}?",
        "does the picture contain a {shape}?",
        "is no {other} present?",
    ): "{colour} {shape}",
    (
        "how many sides does it have?",
        "how many corners has this?",
        "count its corners",
        "has it got straight sides?",
    ): "sides and corners of a {shape}",
    (
        "where is it?",
        "in which part of the picture is it?",
        "is it on the left or on the right?",
    ): "{colour} {shape} {place}",
    (
        "what would it mean on a sign?",
        "what does such a sign say?",
        "what does this mean on the road?",
    ): "meaning of a {colour} {shape} on a sign",
    (
        "how can I mix this colour?",
        "which paints give this colour?",
    ): "mixing {colour} paint",
    (
        "tell me more about it",
        "explain what this is",
        "what should I know about this?",
    ): "{shape}, {colour}",
}

OTHERS = (
    "describe this photograph for someone who can't see it",
    "what does this sign say?",
    "how much is the soup?",
    "what is the cheapest dish?",
    "until when is it open?",
    "who wrote this letter?",
    "how many people are there?",
    "what is the person doing?",
    "what animal is this?",
    "when does the next bus leave?",
    "write a caption for a newspaper",
    "what is the total?",
    "may I park here?",
    "which way is the exit?",
    "что здесь написано?",
    "что на фотографии?",
    "сколько это стоит?",
    "какое это животное?",
    "до какого часа открыто?",
    "о чём предупреждает знак?",
    "опишите снимок одним предложением",
)

RUSSIAN = (
    "что это?",
    "какого он цвета?",
    "какая это фигура?",
    "это круг?",
    "есть ли здесь треугольник?",
    "где находится фигура?",
    "сколько у неё углов?",
    "что нарисовано на картинке?",
    "Опишите, что вы видите.",
)

SPEECHLESS = (
    "Why do leaves fall in autumn?",
    "What is the capital of Norway?",
    "How far away is the Sun?",
    "Who painted the Mona Lisa?",
    "What is the longest river in the world?",
    "At what temperature does lead melt?",
    "Write a short thank-you note to a neighbour.",
    "Write a polite reply to an invitation, three sentences at most.",
    "Give me a packing list for a weekend.",
    "Summarise in one sentence: “The pool opens at seven and closes at nine. On Mondays it stays closed.”",
    "Correct the mistakes: “She go to school every days.”",
    "Rewrite in plain words: “Please be advised that the premises are closed.”",
    "How do I boil an egg? Use numbered steps.",
    "What is the difference between weather and climate?",
    "How many minutes are in a day?",
    "Why is the sea salty? Explain to a child.",
    "Translate “good morning” into French.",
    "What colour do blue and yellow paint give?",
    "Какая столица у Норвегии?",
    "Кто написал «Евгения Онегина»?",
    "Какая река самая длинная в мире?",
    "Почему осенью падают листья?",
    "Когда человек впервые ступил на Луну?",
    "Напишите поздравление с днём рождения, два предложения.",
    "Составьте список покупок для супа.",
    "Исправьте ошибки: «Он пашёл в магазин за хлебам».",
    "Напишите вежливое письмо с просьбой перенести встречу.",
    "Сколько минут в сутках?",
    "Объясните простыми словами, что такое радуга.",
    "Сократите до одного предложения: «Бассейн открыт с семи до девяти. По понедельникам он закрыт.»",
)
