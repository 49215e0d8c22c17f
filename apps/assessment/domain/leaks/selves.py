"""Where an answer speaks of itself as a model: what it is, what it is called, who made it. English and Russian."""

import re

from apps.assessment.domain.leaks.lexicon import LEXICON, TAIL, any_of

CALLED = any_of([*LEXICON["products"], *LEXICON["vendors"]])
MAKER = any_of([*LEXICON["vendors"], *(stem for stem in LEXICON["stems"] if stem.isalpha())])
GAP = r"\s{1,3}"
HINTS = "helpful|large|small|multimodal|text-based|vision|visual|virtual|digital|advanced|powerful|just|only"
HINT = rf"(?:(?:{HINTS}){GAP}){{0,4}}"
MODEL = (
    r"(?:(?:AI|artificial intelligence)(?:[ -](?:language[ -]model|model|assistant|system|chatbot|program))?"
    r"|(?:vision[ -])?language[ -]model|LLM|VLM|chat ?bot|neural network|(?:virtual|digital) assistant)\b"
)
PERSON = r"(?! (?:researcher|engineer|developer|student|enthusiast|expert|company|startup|lab|professor|tester))"
SPEAKS = rf"(?:,|{GAP}(?:developed|created|trained|made|built|designed)\b|{GAP}(?:I|my)\b)"
TRAINED = r"(?:trained|created|developed|built|fine-?tuned|designed|programmed)"
MODEL_RU = (
    r"(?:(?:больш|мал|крупн|обученн)ая{gap})?(?:мультимодальн(?:ая|ый){gap})?(?:языков(?:ая|ой){gap}(?:ИИ-)?модел[ьи]"
    r"|нейросет[ьи]|нейронная сеть|искусственный интеллект|ИИ(?:-(?:ассистент|модель|помощник))?|чат-?бот"
    r"|(?:виртуальный|цифровой|голосовой){gap}(?:ассистент|помощник))\b"
).replace("{gap}", GAP)
TRAINED_RU = r"(?:обуч(?:ен|ил)|созда(?:н|л)|разработа(?:н|л)|натренирова(?:н|л)|дообуч(?:ен|ил))[аыои]?\b"

ENGLISH = [
    # As an AI language model, … — at the start of a sentence or before "I": others may speak of models as well.
    rf"\b(?-i:As){GAP}an?{GAP}{HINT}{MODEL}{PERSON}",
    rf"\bas{GAP}an?{GAP}{HINT}{MODEL}{SPEAKS}",
    rf"\b(?-i:As){GAP}(?-i:{CALLED}){TAIL}{SPEAKS}",
    rf"\b(?-i:I){GAP}am{GAP}{HINT}an?{GAP}{HINT}{MODEL}{PERSON}",
    rf"\b(?-i:I)['’]m{GAP}{HINT}an?{GAP}{HINT}{MODEL}{PERSON}",
    rf"\b(?-i:I)(?:['’]m|{GAP}am){GAP}(?-i:{CALLED})\b{TAIL}",
    rf"\bmy{GAP}name{GAP}is{GAP}(?-i:{CALLED})\b{TAIL}",
    rf"\b(?-i:I)(?:{GAP}was|{GAP}am|['’]m|{GAP}have{GAP}been|['’]ve{GAP}been){GAP}{TRAINED}{GAP}(?:by|on)\b(?:{GAP}{MAKER}\b)?",
    rf"\b(?:model|assistant|chatbot|AI|LLM)\b[^.!?\n]{{0,60}}\b(?:{TRAINED}|made){GAP}by{GAP}(?:the{GAP}team{GAP}at{GAP})?(?-i:{MAKER})\b",
    rf"(?-i:{MAKER})['’]s{GAP}{HINT}{MODEL}",
    rf"\bmy{GAP}(?:training{GAP}(?:data|corpus|set|cut-?off)|knowledge{GAP}cut-?off|system{GAP}prompt)\b(?=\W)",
    rf"\b(?:as{GAP}of|since|until){GAP}my{GAP}(?:last|latest|most{GAP}recent){GAP}(?:knowledge{GAP})?(?:update|training)\b",
]
RUSSIAN = [
    rf"\b(?-i:Как){GAP}{MODEL_RU}",
    rf"\bкак{GAP}{MODEL_RU}(?:,{GAP}я\b|{GAP}я\b|{GAP}не{GAP}могу)",
    rf"\bя(?:{GAP}?[—–-]{GAP}?|{GAP})(?:(?:всего{GAP}лишь|просто|только|лишь){GAP})?{MODEL_RU}",
    rf"\bя(?:{GAP}?[—–-]{GAP}?|{GAP})(?-i:{CALLED})\b{TAIL}",
    rf"\bменя{GAP}зовут{GAP}(?-i:{CALLED})\b",
    rf"\b(?-i:Как){GAP}(?-i:{CALLED})\b,{GAP}я\b",
    rf"\bменя{GAP}{TRAINED_RU}(?:{GAP}(?-i:{MAKER})\b)?|\bя{GAP}(?:был[ао]?{GAP})?{TRAINED_RU}(?:{GAP}(?-i:{MAKER})\w{{0,3}})?",
    rf"\b{MODEL_RU}[^.!?\n]{{0,40}}\b(?:от|компани(?:и|ей)|{TRAINED_RU}){GAP}(?:компани(?:и|ей){GAP})?(?-i:{MAKER})\w{{0,3}}",
    rf"\bмо(?:и|их|ими){GAP}обучающ\w{{1,4}}{GAP}данны\w{{1,3}}|\bмо(?:ём|ем|его){GAP}(?:системн\w{{1,4}}{GAP}промпт\w{{0,3}}|обучени[яеи])\b",
]
SELVES = re.compile("|".join(f"(?:{pattern})" for pattern in [*ENGLISH, *RUSSIAN]), re.IGNORECASE)
