"""`make bench`: the count beside pabutools and a plain reading, the cast beside a bare route. Ratios of one run."""

import sys

from benchmarks.casting import casting
from benchmarks.measuring import FOLDER, Figure, measured, path_of
from benchmarks.paper import keying

WARSZAWA, WIELICZKA, BUDAPEST = "Poland_Warszawa_2026", "Poland_Wieliczka_2023_Green_Budget", "Hungary_Budapest_2024"
VOTERS = (1_000, 10_000, 100_000, 1_000_000)


def main() -> None:
    if not FOLDER.is_dir():
        sys.exit("There are no election files in ../shared/data/pabulib to measure with.")
    reading()
    shares()
    increments()
    together()
    growth()
    print("\nthe cast")
    casting()
    print("\na thousand paper sheets")
    keying()


def reading() -> None:
    print("\nreading, beside a plain reading of the bytes")
    for name in (
        "Poland_Lodz_2022",
        WARSZAWA,
        BUDAPEST,
        "Netherlands_Amsterdam_252",
        "Poland_Krakow_2024",
        "Poland_Katowice_2023",
    ):
        plain, ours = measured("read_bytes", name), measured("parse", name)
        speed = path_of(name).stat().st_size / 1e6 / ours.seconds
        show(name, ours, f"{speed:.0f} MB/s, {ours.seconds / plain.seconds:.1f} x a plain reading")


def shares() -> None:
    print("\nfrom file to winners: equal shares by cost, beside pabutools exact")
    for name in (WIELICZKA, WARSZAWA):
        ours, theirs = measured("parse_and_count", name), measured("peer", name)
        same = "same winners" if ours.answer == theirs.answer else "OTHER WINNERS"
        show(
            name,
            ours,
            f"{theirs.seconds / ours.seconds:.0f} x faster ({theirs.seconds:.2f} s, {theirs.peak_mib:.0f} MiB), {same}",
        )


def increments() -> None:
    print("\nAdd1, with exactly the outcome of unit steps, from the file")
    for name in (WIELICZKA, WARSZAWA, BUDAPEST):
        show(name, measured("parse_and_count", name, "add1", "cost", "1"), "")


def together() -> None:
    print("\nmany at once")
    show(f"every rule on {WIELICZKA}", measured("every_rule", WIELICZKA), "after reading")
    show("official on every file", measured("every_file"), "reading included")


def growth() -> None:
    for title, task, counts in (
        ("from file to profile, voters resampled", "read_voters", VOTERS),
        ("from a sealed box in the database, checked, to what is counted", "box", VOTERS[:3]),
        ("equal shares by cost, voters resampled", "voters", VOTERS),
    ):
        print(f"\n{title}")
        grown(task, counts)


def grown(task: str, counts: tuple[int, ...]) -> None:
    before: Figure | None = None
    for count in counts:
        figure = measured(task, str(count))
        note = f"{figure.seconds / before.seconds / 10:.2f} x linear" if before else ""
        show(f"{count:,} voters", figure, note)
        before = figure


def show(label: str, figure: Figure, note: str) -> None:
    print(f"  {label:<44}{figure.seconds:>9.3f} s {figure.peak_mib:>7.0f} MiB  {note}", flush=True)


if __name__ == "__main__":
    main()
