"""An evaluation's judgments as preference pairs, in the shape that TRL trains vision models on.

`rules` is the guard, `plan` applies it to an evaluation, `rows` writes what is left; each module in `forms` is a file
format: `name`, `suffix`, `media_type`, `label`, `render(export)`.
"""
