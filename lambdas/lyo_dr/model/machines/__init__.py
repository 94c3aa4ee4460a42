"""Time limits of the state machines, computed from the plan's budgets.

Pure: the synth writes them into the machines, the plan check holds budgets against them, a restore asks what is left.
"""
