"""The stacks of Lyo DR: the same in both recovery regions, without a reference from one region to another."""
