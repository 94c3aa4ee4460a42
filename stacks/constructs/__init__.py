"""The parts every process is built from: step, machine, trigger, alarm, log group."""
