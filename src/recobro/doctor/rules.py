"""The bank's policy file."""

from recobro.doctor.diagnosis import Diagnosis, broken, well
from recobro.policy import PolicyRefused
from recobro.runs.home import Home


def policy(home: Home) -> Diagnosis:
    """Tell whether the policy can be used that a load or a close would read."""
    try:
        read = home.policy()
    except PolicyRefused as refused:
        wrong = "; ".join(map(str, refused.problems))
        return broken("policy", wrong, "Mend what is listed: recobro policy check says when it is.")
    if not home.policy_file.exists():
        return well("policy", f"{read.name}, as it comes ({home.policy_file.name} would change it)")
    return well("policy", f"{home.policy_file}, on the preset {read.extends}")
