"""The people: everyone the bank knows or will know until its last day, drawn once from the seed.

The first N are known by :data:`~synthetic_data.seasons.BASE_DAY`, the others come later; a table as of
a day shows those known by then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthetic_data.draws import NEVER, choose, coded, day_column, decimal_column, id_column, stream
from synthetic_data.pools import ACQUIRED, DISTRICTS, EDUCATIONS, INDUSTRIES, OCCUPATIONS, Pools
from synthetic_data.seasons import BASE, FIRST, LAST
from synthetic_data.staff import REGIONS, Staff, branch_ids, manager_ids

KINDS = ("personal", "micro_business", "prospect")
PERSONAL, MICRO, PROSPECT = range(3)
GENDERS = ("female", "male")
MARITAL = ("single", "married", "divorced", "widowed")
REFERRED, BY_PAYROLL = ACQUIRED.index("referral"), ACQUIRED.index("payroll")


@dataclass(frozen=True)
class Population:
    """One entry per customer; days are day numbers, money is fen, -1 is missing."""

    seed: int
    staff: Staff
    ids: pa.Array
    kind: np.ndarray
    since: np.ndarray
    gender: np.ndarray
    birth: np.ndarray
    household: np.ndarray
    branch: np.ndarray
    village: np.ndarray
    manager: np.ndarray
    occupation: np.ndarray
    education: np.ndarray
    marital: np.ndarray
    income: np.ndarray
    farmer: np.ndarray
    new_citizen: np.ndarray
    industry: np.ndarray
    employees: np.ndarray
    acquired: np.ndarray
    level: np.ndarray
    activity: np.ndarray
    sessions: np.ndarray
    follower: np.ndarray
    interest: np.ndarray
    payroll_from: np.ndarray
    payroll_day: np.ndarray
    salary: np.ndarray
    dormant_from: np.ndarray
    risk_level: np.ndarray

    def __len__(self) -> int:
        return len(self.since)

    def known(self, day: int) -> np.ndarray:
        """Positions of those known to the bank by `day`."""
        return np.flatnonzero(self.since <= day)

    @property
    def has_account(self) -> np.ndarray:
        """Whether each is more than a prospect."""
        return self.kind != PROSPECT


def draw_customers(seed: int, count: int, staff: Staff) -> Population:
    """Draw `count` customers known by the base day, and 8 % more who come in the year after."""
    rng = stream(seed, "customers")
    later = count * 8 // 100
    size = count + later
    since = np.concatenate([
        np.where(
            rng.random(count) < 0.92,
            FIRST - 1 - (rng.beta(1.2, 2.0, count) * 6200).astype(np.int64),
            rng.integers(FIRST, BASE + 1, count),
        ),
        rng.integers(BASE + 1, LAST + 1, later),
    ])  # fmt: skip
    kind = choose(rng, (0.85, 0.07, 0.08), size)
    since = np.where((kind == PROSPECT) & (since < FIRST - 700), FIRST - 1 - since % 700, since)
    micro = kind == MICRO
    household, branch, village = _draw_homes(rng, size, staff)
    region = staff.region[branch]
    gender = np.where(micro, -1, rng.integers(0, 2, size))
    age = np.clip(rng.normal(46, 15, size), 18, 92)
    birth = np.where(micro, -1, BASE - (age * 365.25).astype(np.int64) - rng.integers(0, 365, size))
    farmer = ~micro & (rng.random(size) < np.array([0.02, 0.25, 0.65])[region])
    occupation = np.where(micro, -1, np.where(farmer, 0, np.where(age > 62, 8, rng.integers(1, 12, size))))
    payroll_from, payroll_day, salary = _draw_payroll(rng, kind, since, age, farmer)
    level = _draw_levels(rng, kind, region, age)
    dormant = (rng.random(size) < 0.2) & (payroll_from == NEVER)
    young = np.clip((75 - age) / 45, 0.1, 1.0)
    app = (kind != PROSPECT) & (rng.random(size) < 0.75 * young)
    return Population(
        seed=seed,
        staff=staff,
        ids=id_column("C", np.arange(1, size + 1), 8),
        kind=kind,
        since=since.astype(np.int32),
        gender=gender,
        birth=birth.astype(np.int32),
        household=household,
        branch=branch,
        village=village,
        manager=_draw_managers(rng, branch, staff, kind),
        occupation=occupation,
        education=np.where(micro, -1, choose(rng, (0.12, 0.3, 0.25, 0.16, 0.14, 0.03), size)),
        marital=np.where(micro, -1, np.where(age < 26, 0, choose(rng, (0.12, 0.76, 0.07, 0.05), size))),
        income=(np.where(salary > 0, salary * 12, level * 0.6 + 2_000_000) // 100_000 * 100_000).astype(
            np.int64
        ),
        farmer=farmer,
        new_citizen=~micro & ~farmer & (region == 0) & (rng.random(size) < 0.15),
        industry=np.where(micro, rng.integers(0, len(INDUSTRIES), size), -1),
        employees=np.where(micro, 1 + rng.geometric(0.2, size), -1),
        acquired=_draw_origins(rng, kind, payroll_from, since),
        level=level,
        activity=np.where(kind == PROSPECT, 0, rng.gamma(1.1, np.where(micro, 3.8, 1.9), size)),
        sessions=np.where(app, rng.gamma(0.9, 1.6, size) * (0.5 + young), 0),
        follower=rng.random(size) < np.where(kind == PROSPECT, 0.8, 0.25),
        interest=choose(rng, (0.35, 0.2, 0.2, 0.1, 0.15), size),
        payroll_from=payroll_from,
        payroll_day=payroll_day,
        salary=salary,
        dormant_from=np.where(dormant, rng.integers(FIRST - 500, LAST + 400, size), NEVER).astype(np.int32),
        risk_level=1 + choose(rng, (0.18, 0.32, 0.28, 0.15, 0.07), size),
    )


def _draw_homes(
    rng: np.random.Generator, size: int, staff: Staff
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Households (number, or -1), branches and villages; a household shares branch and village."""
    blocks = -(-size // 4)
    members = 1 + choose(rng, (0.45, 0.3, 0.15, 0.1), blocks)
    place = np.arange(size) % 4
    block = np.arange(size) // 4
    together = (place < members[block]) & (members[block] > 1)
    branch = choose(rng, staff.popularity, size)
    village = rng.integers(0, 12, size)
    leader = block * 4
    branch = np.where(together, branch[leader], branch)
    village = np.where(together, village[leader], village)
    return np.where(together, block, -1), branch, (branch * 7 + village) % 150


def _draw_payroll(
    rng: np.random.Generator, kind: np.ndarray, since: np.ndarray, age: np.ndarray, farmer: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """From when, on which day of the month and how much wages are paid; NEVER, 10 and 0 for most."""
    size = len(kind)
    paid = (kind == PERSONAL) & (age < 61) & (rng.random(size) < np.where(farmer, 0.08, 0.42))
    fresh = rng.random(size) < 0.25
    start = np.where(fresh, rng.integers(FIRST, LAST, size), FIRST - rng.integers(0, 2000, size))
    start = np.where(paid, np.maximum(start, since), NEVER).astype(np.int32)
    salary = np.where(paid, rng.lognormal(8.6, 0.4, size) * 100 // 1000 * 1000, 0).astype(np.int64)
    return start, np.array([10, 15, 25])[choose(rng, (0.4, 0.35, 0.25), size)], salary


def _draw_levels(
    rng: np.random.Generator, kind: np.ndarray, region: np.ndarray, age: np.ndarray
) -> np.ndarray:
    """The wealth (fen) a customer's balances hover about: lognormal with a Pareto tail."""
    size = len(kind)
    middle = 8.4 + np.array([0.4, 0.1, -0.2])[region] + np.where(kind == MICRO, 0.9, 0) + (age - 46) / 60
    tail = np.where(rng.random(size) < 0.03, 1 + rng.pareto(1.6, size) * 3, 1)
    return np.clip(np.exp(middle + 1.6 * rng.standard_normal(size)) * tail * 100, 100_00, 5e9).astype(
        np.int64
    )


def _draw_managers(
    rng: np.random.Generator, branch: np.ndarray, staff: Staff, kind: np.ndarray
) -> np.ndarray:
    """A manager of the own branch, by the size of the managers' books; one in ten has none."""
    edges = np.cumsum(staff.book)
    first = np.searchsorted(staff.manager_branch, np.arange(len(staff.district)), side="left")
    after = np.searchsorted(staff.manager_branch, np.arange(len(staff.district)), side="right")
    low = np.where(first > 0, edges[first - 1], 0.0)
    high = edges[after - 1]
    drawn = low[branch] + rng.random(len(branch)) * (high - low)[branch]
    manager = np.clip(np.searchsorted(edges, drawn, side="right"), first[branch], after[branch] - 1)
    nobody = rng.random(len(branch)) < np.where(kind == PROSPECT, 0.5, 0.07)
    return np.where(nobody | (after[branch] == first[branch]), -1, manager)


def _draw_origins(
    rng: np.random.Generator, kind: np.ndarray, payroll_from: np.ndarray, since: np.ndarray
) -> np.ndarray:
    """How each came to the bank."""
    size = len(kind)
    origin = choose(rng, (0.6, 0.16, 0.04, 0.1, 0.05, 0.05), size)
    origin[kind == PROSPECT] = np.array([1, 3, 4])[rng.integers(0, 3, size)][kind == PROSPECT]
    origin[np.abs(payroll_from - since) < 30] = BY_PAYROLL
    return origin


def customer_columns(people: Population, day: int, pools: Pools) -> dict[str, pa.Array]:
    """The subject `customer` as of a day."""
    who = people.known(day)
    take = pa.array(who)
    staff = people.staff
    branch, birth, manager = people.branch[who], people.birth[who], people.manager[who]
    micro = people.kind[who] == MICRO
    return {
        "customer_id": people.ids.take(take),
        "kind": coded(KINDS, people.kind[who]),
        "since": day_column(people.since[who]),
        "gender": coded(GENDERS, people.gender[who]),
        "birth_date": day_column(birth, micro),
        "region_kind": coded(REGIONS, staff.region[branch]),
        "district": coded(DISTRICTS, staff.district[branch]),
        "village": coded(pools.villages, people.village[who]),
        "branch_id": branch_ids(staff).take(pa.array(branch)),
        "manager_id": manager_ids(staff).take(pa.array(manager, mask=manager < 0)),
        "occupation": coded(OCCUPATIONS, people.occupation[who]),
        "education": coded(EDUCATIONS, people.education[who]),
        "marital_status": coded(MARITAL, people.marital[who]),
        "annual_income": decimal_column(people.income[who]),
        "is_farmer": pa.array(people.farmer[who]),
        "is_new_citizen": pa.array(people.new_citizen[who]),
        "industry": coded(INDUSTRIES, people.industry[who]),
        "employees": pa.array(people.employees[who].astype(np.int64), mask=~micro),
        "acquired_by": coded(ACQUIRED, people.acquired[who]),
    }
