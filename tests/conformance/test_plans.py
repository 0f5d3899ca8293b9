"""No module of a plan is forgotten: neither in what is replayed, nor in the list of what is to be replayed."""

from tests.conformance.plan import every_module, published
from tests.conformance.test_basic_plan import BASIC, OTHERS
from tests.conformance.test_config_plan import CONFIG
from tests.conformance.test_dynamic_plan import DYNAMIC
from tests.conformance.test_fapi2_message_signing_plan import SIGNING
from tests.conformance.test_fapi2_security_plan import FAPI
from tests.conformance.test_logout_plans import LOGOUT

PLANS = (BASIC, OTHERS, CONFIG, DYNAMIC, LOGOUT, FAPI, SIGNING)


def test_every_published_module_is_in_a_plan_that_is_replayed():
    replayed = {plan.prefix + module for plan in PLANS for module in plan.replayed}
    assert sorted(every_module().keys() ^ replayed) == []


def test_the_basic_plan_has_as_many_modules_as_its_suite_counts():
    """38 for a client that registers itself (OIDCCBasicTestPlan); one is here by the names of two releases."""
    assert len(published("oidcc-", "Bb")) == 38 + 1
