"""Branches and relationship managers: their places, books, capacity, targets and results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from synthetic_data.draws import choose, coded, day_column, day_number, decimal_column, id_column, stream
from synthetic_data.pools import DISTRICTS
from synthetic_data.seasons import FIRST, FIRST_DAY, LAST, LAST_DAY, Month, months_between

REGIONS = ("city", "town", "village")
MEASURES = ("aum_growth", "new_customers", "wealth_sales")
TYPICAL = np.array([800_000_00, 12_00, 500_000_00])


@dataclass(frozen=True)
class Staff:
    """Branches (district, region, popularity) and managers (branch, share of its book, capacity)."""

    seed: int
    district: np.ndarray
    region: np.ndarray
    branch_opened: np.ndarray
    popularity: np.ndarray
    manager_branch: np.ndarray
    book: np.ndarray
    capacity: np.ndarray
    hired: np.ndarray


def draw_staff(seed: int, customers: int) -> Staff:
    """About a branch for 1,500 customers and a manager for 250, at least six and twelve."""
    rng = stream(seed, "staff")
    branches = max(6, customers // 1500)
    managers = max(12, customers // 250)
    region = np.concatenate([[0, 1, 2], choose(rng, (0.3, 0.35, 0.35), branches - 3)])
    home = np.concatenate([np.arange(branches), rng.integers(0, branches, max(0, managers - branches))])
    return Staff(
        seed=seed,
        district=rng.integers(0, len(DISTRICTS), branches),
        region=region,
        branch_opened=rng.integers(12_000, 19_500, branches),
        popularity=rng.lognormal(0, 0.4, branches),
        manager_branch=np.sort(home)[:managers],
        book=rng.lognormal(0, 0.6, managers),
        capacity=rng.integers(5, 26, managers),
        hired=rng.integers(16_000, FIRST - 30, managers),
    )


def manager_ids(staff: Staff) -> pa.Array:
    """Every manager's number."""
    return id_column("M", np.arange(1, len(staff.book) + 1), 5)


def branch_ids(staff: Staff) -> pa.Array:
    """Every branch's number."""
    return id_column("B", np.arange(1, len(staff.district) + 1), 4)


def branch_columns(staff: Staff) -> dict[str, pa.Array]:
    """The subject `branch`."""
    count = len(staff.district)
    names = [f"{DISTRICTS[place]}第{number + 1}支行" for number, place in enumerate(staff.district)]
    return {
        "branch_id": branch_ids(staff),
        "name": pa.array(names),
        "district": coded(DISTRICTS, staff.district),
        "region_kind": coded(REGIONS, staff.region),
        "opened_on": day_column(staff.branch_opened[:count]),
    }


def manager_columns(staff: Staff, as_of: date) -> dict[str, pa.Array]:
    """The subject `manager`; one in sixteen is on leave, changing by the week."""
    away = stream(staff.seed, "leave", day_number(as_of) // 7).random(len(staff.book)) < 0.06
    return {
        "manager_id": manager_ids(staff),
        "branch_id": branch_ids(staff).take(pa.array(staff.manager_branch)),
        "daily_capacity": pa.array(staff.capacity.astype(np.int64)),
        "on_duty": pa.array(~away),
        "hired_on": day_column(staff.hired),
    }


def target_columns(staff: Staff, as_of: date) -> dict[str, pa.Array]:
    """The subject `target`: one row per manager, measure and quarter begun by as_of."""
    rng = stream(staff.seed, "target")
    managers, measures = len(staff.book), len(MEASURES)
    quarters = [month for month in months_between(FIRST_DAY, LAST_DAY) if month.number % 3 == 1]
    ends = [later.first - 1 for later in quarters[1:]] + [LAST]
    count = managers * measures
    amounts = (rng.lognormal(0, 0.3, (len(quarters), managers, measures)) * TYPICAL).astype(np.int64)
    begun = sum(quarter.first <= day_number(as_of) for quarter in quarters)
    if not begun:
        begun, quarters = 0, quarters[:0]
    return {
        "manager_id": manager_ids(staff).take(
            pa.array(np.tile(np.repeat(np.arange(managers), measures), begun))
        ),
        "measure": coded(MEASURES, np.tile(np.arange(measures), managers * begun)),
        "valid_from": day_column(np.repeat([quarter.first for quarter in quarters[:begun]], count)),
        "valid_to": day_column(np.repeat(ends[:begun], count)),
        "amount": decimal_column(amounts[:begun].reshape(-1)),
    }


def performance_columns(staff: Staff, month: Month, first: int, last: int) -> dict[str, pa.Array]:
    """The subject `manager_performance`: what each manager reached, every Friday from `first` to `last`."""
    rng = stream(staff.seed, "performance", month.key)
    fridays = [day for day in range(month.first, month.last + 1) if day % 7 == 1]
    managers, measures = len(staff.book), len(MEASURES)
    reached = rng.lognormal(-0.1, 0.5, (len(fridays), managers, measures)) * TYPICAL / 13
    shown = [place for place, day in enumerate(fridays) if first <= day <= last]
    cells = managers * measures
    return {
        "manager_id": manager_ids(staff).take(
            pa.array(np.tile(np.repeat(np.arange(managers), measures), len(shown)))
        ),
        "measure": coded(MEASURES, np.tile(np.arange(measures), managers * len(shown))),
        "performed_on": day_column(np.repeat(np.array([fridays[place] for place in shown], np.int32), cells)),
        "amount": decimal_column((reached[shown] // 100 * 100).astype(np.int64).reshape(-1)),
    }
