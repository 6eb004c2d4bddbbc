"""Deciding rules over a graph. In: a typed program (or its plan) and a graph. Out: verdicts, with reasons where asked.

``interpret`` is the reference for one element, written from the language's definition; ``columns`` decides all elements
of a kind at once. They share no kernel. Guaranteed: both give the same verdict and phase.
"""
