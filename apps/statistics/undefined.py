"""Why a number does not exist. A missing value always comes with one of these, never as a silent NaN."""

from enum import StrEnum


class Reason(StrEnum):
    NO_JUDGMENTS = "no_judgments"  # nothing was observed, so there is no value at all
    ONE_TASK = "one_task"  # spread between tasks cannot be seen in one task
    ONE_ASSESSOR = "one_assessor"  # spread between assessors cannot be seen in one assessor
    NO_VARIATION = "no_variation"  # every value is the same, so a t interval would have no width
    ONE_SIDE = "one_side"  # what a side does, and A stood on the same one in every judgment
    NONE_DECISIVE = "none_decisive"  # a share of the decisive judgments, and there are none
    NO_LOSSES = "no_losses"  # a ratio to the losses, and there are none
    NOTHING_RIGHT = "nothing_right"  # a relative gain, and one of the two got nothing right
    NO_OVERLAP = "no_overlap"  # agreement, and nothing was rated twice
    ALL_EQUAL = "all_equal"  # agreement beyond chance, and every rating is the same
    TOO_FEW_UNITS = "too_few_units"  # resampling so few units often leaves nothing that differs
    SEPARATED = "separated"  # the data tell one side from the other perfectly, so no estimate is finite
    TOO_FEW_PAIRS = "too_few_pairs"  # two pairs always lie on a line
    TOO_FEW_GROUPS = "too_few_groups"  # groups are compared, and fewer than two can be
