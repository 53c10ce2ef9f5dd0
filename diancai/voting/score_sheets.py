"""Score sheets (测评票): what each subject is given on the mean. No allocation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from diancai.errors import InvalidInput
from diancai.voting.exact import Exact, tidy


@dataclass(frozen=True, slots=True)
class MeanScore:
    """`mean`: exact, over the `sheet_count` sheets that score the subject; None where none does."""

    mean: Exact | None
    sheet_count: int


def mean_scores(
    sheets: Iterable[Mapping[str, Exact]], subjects: Sequence[str], *, least: Exact = 0, most: Exact = 100
) -> dict[str, MeanScore]:
    """The mean of every subject, in the order given. A subject that a sheet leaves out is not scored by it.

    Raises InvalidInput score_sheet.unknown_subject (subject); score_sheet.out_of_range (subject, score, least, most).
    """
    sums: dict[str, Exact] = dict.fromkeys(subjects, 0)
    counts = dict.fromkeys(subjects, 0)
    for sheet in sheets:
        for subject, score in sheet.items():
            if subject not in sums:
                raise InvalidInput("score_sheet.unknown_subject", subject=subject)
            if not least <= score <= most:
                raise InvalidInput("score_sheet.out_of_range", subject=subject, score=score, least=least, most=most)
            sums[subject] += score
            counts[subject] += 1
    return {subject: MeanScore(_mean(sums[subject], counts[subject]), counts[subject]) for subject in subjects}


def _mean(total: Exact, count: int) -> Exact | None:
    return tidy(Fraction(total) / count) if count else None
