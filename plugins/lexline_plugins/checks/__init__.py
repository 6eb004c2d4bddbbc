"""Checks: figures over observations and documents that a policy can call. Each states its formula and its source.

Evidence that is missing makes an outcome missing, never a value.
"""
