"""What sets teams up, changes them, and gives them members, pairs and cases."""

from recobro.oversight.teams.operations.cases import (
    ByTheRule,
    CaseElsewhere,
    CaseOver,
    CaseTaken,
    NotFound,
    NotTheirs,
    give_cases,
    give_list,
    take_case,
)
from recobro.oversight.teams.operations.lists import let_go_of_moved, renew_lists
from recobro.oversight.teams.operations.members import (
    CannotBelong,
    LeaderNamedMeanwhile,
    MemberGone,
    MemberThere,
    add_member,
    leave,
    name_leader,
    remove_member,
)
from recobro.oversight.teams.operations.pairs import (
    CannotPair,
    HelpedAlready,
    PairOver,
    end_pair,
    pair_with,
)
from recobro.oversight.teams.operations.set_up import (
    EndImpossible,
    LargestImpossible,
    TeamChangedMeanwhile,
    TeamThere,
    change,
    end_team,
    set_up,
)
from recobro.oversight.teams.operations.team import CannotLead, MayNotTeam, TeamOver, end_over

__all__ = [
    "ByTheRule",
    "CannotBelong",
    "CannotLead",
    "CannotPair",
    "CaseElsewhere",
    "CaseOver",
    "CaseTaken",
    "EndImpossible",
    "HelpedAlready",
    "LargestImpossible",
    "LeaderNamedMeanwhile",
    "MayNotTeam",
    "MemberGone",
    "MemberThere",
    "NotFound",
    "NotTheirs",
    "PairOver",
    "TeamChangedMeanwhile",
    "TeamOver",
    "TeamThere",
    "add_member",
    "change",
    "end_over",
    "end_pair",
    "end_team",
    "give_cases",
    "give_list",
    "leave",
    "let_go_of_moved",
    "name_leader",
    "pair_with",
    "remove_member",
    "renew_lists",
    "set_up",
    "take_case",
]
