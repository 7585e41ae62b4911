"""What holds for every test."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "vestnik",
    # The same examples everywhere, and no verdict that depends on how busy the machine is.
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("vestnik")
