"""Names and numbers of customers, for the vault only: invented, never anyone's."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthetic_data.customers import MICRO, PERSONAL, Population
from synthetic_data.draws import coded, id_column, stream
from synthetic_data.pools import Pools

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def detail_columns(people: Population, day: int, pools: Pools) -> dict[str, pa.Array]:
    """The subject `contact_details` as of a day; some lack a phone, many the app or the official account."""
    rng = stream(people.seed, "details")
    size = len(people)
    surname, given = rng.integers(0, len(pools.surnames), size), rng.integers(0, 10_000, size)
    company = rng.integers(0, len(pools.companies), size)
    number = rng.permutation(size) + 10_000_000 * rng.integers(1, 10, 1)
    has_phone, has_mail = rng.random(size) < 0.95, rng.random(size) < 0.3
    sequence = rng.integers(1, 500, size)
    token = rng.integers(0, 10**12, size)
    who = people.known(day)
    micro = people.kind[who] == MICRO
    men = coded(pools.male, given[who] % len(pools.male)).cast(pa.string())
    women = coded(pools.female, given[who] % len(pools.female)).cast(pa.string())
    first = pc.if_else(pa.array(people.gender[who] == 1), men, women)
    person = _joined(coded(pools.surnames, surname[who]).cast(pa.string()), first, "")
    firm = coded(pools.companies, company[who]).cast(pa.string())
    ids = people.ids.take(pa.array(who))
    has_document = people.kind == PERSONAL
    phone = id_column("13", number[who], 9)
    app = (people.sessions[who] > 0) & (token[who] % 10 > 0)
    return {
        "customer_id": ids,
        "name": pc.if_else(pa.array(micro), firm, person),
        "phone": _only(phone, has_phone[who]),
        "email": _only(_joined(id_column("user", who + 1, 8), pa.scalar("example.com"), "@"), has_mail[who]),
        "document_number": _only(_documents(people, who, sequence[who]), has_document[who]),
        "app_token": _only(_joined(id_column("app-", token[who], 12), ids, "-"), app),
        "official_account_id": _only(
            _joined(id_column("o-", token[who] * 7 % 10**12, 12), ids, "-"), people.follower[who]
        ),
    }


def _joined(left: pa.Array, right: pa.Array, between: str) -> pa.Array:
    """Two texts with something between."""
    return pc.binary_join_element_wise(left, right, between)


def _only(column: pa.Array, shown: np.ndarray) -> pa.Array:
    """The column where `shown`, missing elsewhere."""
    return pc.if_else(pa.array(shown), column, pa.scalar(None, pa.string()))


def _documents(people: Population, who: np.ndarray, sequence: np.ndarray) -> pa.Array:
    """Identity numbers of the right form and check digit, in an area code that does not exist (999xxx)."""
    born = np.maximum(people.birth[who], -25_000).astype("datetime64[D]")
    year = born.astype("datetime64[Y]").astype(int) + 1970
    month = born.astype("datetime64[M]").astype(int) % 12 + 1
    day = (born - born.astype("datetime64[M]")).astype(int) + 1
    area = 999_000 + people.branch[who] % 1000
    order = sequence * 2 % 1000 + (people.gender[who] == 1)
    digits = ((area * 10_000 + year) * 10_000 + month * 100 + day) * 1000 + order
    total = np.zeros(len(who), np.int64)
    for place, weight in enumerate(WEIGHTS):
        total += digits // 10 ** (16 - place) % 10 * weight
    check = coded(("1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"), total % 11).cast(pa.string())
    return pc.binary_join_element_wise(id_column("", digits, 17), check, "")
