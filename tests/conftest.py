"""Settings of the whole suite."""

from hypothesis import HealthCheck, settings

# No test is timed: a slow machine is no mistake of the code.
settings.register_profile("lexline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lexline")
