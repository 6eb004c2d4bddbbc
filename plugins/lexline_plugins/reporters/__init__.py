"""Reporters: a report in, a text in some format out. Each escapes what its format would act on."""
