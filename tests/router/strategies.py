"""What happens in the state machines: faults of requests and of posts, and the ids of visits."""

from __future__ import annotations

from hypothesis import strategies as st

from router.contract.log_values import Outcome
from tests.router.faults import Fault

# Half of the invocations have no faults, and about half of the requests of the others succeed.
FAULTS: st.SearchStrategy[list[Fault]] = st.just([]) | st.lists(
    st.sampled_from([*[Fault.NONE] * len(Fault), *[Fault.MEANWHILE] * 4, *Fault]), max_size=12
)
POST_FAULTS = st.lists(
    st.sampled_from(
        [Fault.NONE, Fault.NONE, Fault.MEANWHILE, Fault.KILLED_BEFORE, Fault.THROTTLED, Fault.SERVER_ERROR]
    ),
    max_size=4,
).filter(lambda posts: posts.count(Fault.SERVER_ERROR) < 3)  # after three failures a post is not retried
OUTCOMES = {Fault.THROTTLED: Outcome.THROTTLED, Fault.SERVER_ERROR: Outcome.FAILED}
# Few ids, so that repetitions are common, but enough for folds over several days.
VISIT_IDS = st.integers(0, 40).map("visit-{:03}".format)
MAX_SOCKET_SECONDS = 7200
ADDRESSES = st.integers(1, 3).map("203.0.113.{}".format)
