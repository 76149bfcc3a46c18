"""Measure, each figure beside its floor in the same run: `make bench`.

A floor is the least that anybody would have to do for the same thing, written plainly in
`floor.py` and `floor_start.py`. Machines differ and are shared, so what counts is the ratio: ours
and the floor take turns in short rounds, and the median of the rounds' ratios is judged.
"""
