"""Small pools of Chinese names and places, made once by Faker."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from faker import Faker

DISTRICTS = ("临江区", "东湖区", "青山县", "安河县", "云溪县", "石门县", "白马镇新区", "柳河县")
OCCUPATIONS = ("farmer", "factory_worker", "teacher", "civil_servant", "self_employed", "driver", "nurse",
               "construction_worker", "retired", "student", "office_worker", "shop_keeper")  # fmt: skip
EDUCATIONS = ("primary", "junior_secondary", "senior_secondary", "college", "bachelor", "master")
INDUSTRIES = ("retail", "catering", "planting", "breeding", "transport", "construction", "manufacturing",
              "household_services")  # fmt: skip
ACQUIRED = ("branch", "referral", "payroll", "app", "official_account", "merchant")


@dataclass(frozen=True)
class Pools:
    """Parts that names are put together from; every pool is small, the combinations are many."""

    surnames: tuple[str, ...]
    female: tuple[str, ...]
    male: tuple[str, ...]
    companies: tuple[str, ...]
    villages: tuple[str, ...]


@lru_cache(maxsize=4)
def make_pools(seed: int) -> Pools:
    """The pools of a seed."""
    fake = Faker("zh_CN")
    fake.seed_instance(seed)
    pick = random.Random(seed)  # noqa: S311  believable names, not secrets
    parts = sorted({fake.last_name() for _ in range(200)})
    return Pools(
        surnames=tuple(parts),
        female=tuple(sorted({fake.first_name_female() for _ in range(300)})),
        male=tuple(sorted({fake.first_name_male() for _ in range(300)})),
        companies=tuple(sorted({fake.company() for _ in range(600)})),
        villages=tuple(
            f"{pick.choice(parts)}家{kind}" for kind in ("村", "庄", "沟", "湾", "社区") for _ in range(30)
        ),
    )
