"""What each finding says, in English and Chinese, and how severe it is; `{name}` is filled in."""

from __future__ import annotations

from typing import Literal

FINDINGS: dict[str, tuple[Literal["error", "warning"], str, str]] = {
    # the strategy as a whole
    "no_goal": (
        "error",
        "There is no goal. Say what it wants: goal=Goal(expression, within_days=30).",
        "没有目标。请说明要达成什么：goal=Goal(expression, within_days=30)。",
    ),
    "starts": (
        "error",
        "{count} start nodes. Give it exactly one: .start(segment, control=0.10).",
        "共有 {count} 个起点，应恰好一个：.start(segment, control=0.10)。",
    ),
    "too_many": (
        "error",
        "{count} nodes are more than {limit}. Make several strategies of it.",
        "共有 {count} 个节点，超过 {limit} 个。请拆分为多个策略。",
    ),
    "nobody_contacted": (
        "warning",
        "Nobody is ever contacted. Add .send(...) or .assign(...).",
        "不会联系任何人。请加上 .send(...) 或 .assign(...)。",
    ),
    # start
    "leads_nowhere": (
        "warning",
        "It leads nowhere: whoever enters is never contacted. Add .send(...) or .assign(...).",
        "起点没有下一步，进入者不会收到任何联系。请加上 .send(...) 或 .assign(...)。",
    ),
    "no_control": (
        "warning",
        "No control group, so its effect cannot be measured. Set control=0.10, unless nobody may be left "
        "out, as after a complaint.",
        "没有对照组，无法评估效果。请设置 control=0.10；凡须全员服务（如投诉回访）者除外。",
    ),
    "all_control": (
        "warning",
        "Everybody is control, so nobody is contacted. Lower the share.",
        "所有人都在对照组，不会联系任何人。请降低对照比例。",
    ),
    "over_before": (
        "error",
        "It ends on {last}, before it begins on {first}, so nobody ever enters. Correct valid_to.",
        "结束日 {last} 早于开始日 {first}，没有人能进入。请更正 valid_to。",
    ),
    "since_entry": (
        "error",
        "since_entry() counts from the day a customer enters, and nobody in the segment has entered yet. "
        "Write .within(days=…) instead.",
        "since_entry() 从客户进入之日算起，而客群中的客户尚未进入。请改用 .within(days=…)。",
    ),
    # measuring
    "measured_less": (
        "warning",
        "Who leaves here is measured no longer, and the control group is for all {window} days: goals "
        "reached later count only there, so the effect looks smaller than it is. Remove the exit: a way "
        "that ends contacts nobody either.",
        "在此退出的客户不再计入评估，而对照组会评估满 {window} 天：此后达成的目标只计入对照组，"
        "策略效果会被低估。"
        "请去掉该出口：路径走完后同样不再联系客户。",
    ),
    "measured_less_blocked": (
        "warning",
        "Whom it cannot reach leaves and is measured no longer, and the control group is for all {window} "
        "days: goals reached later count only there. Write on_blocked='skip' or 'wait'.",
        "无法联系的客户在此退出、不再计入评估，而对照组会评估满 {window} 天：此后达成的目标只计入对照组。"
        "请改用 on_blocked='skip' 或 'wait'。",
    ),
    # ids and names
    "same_id": (
        "error",
        "{count} nodes have this id. Give each its own.",
        "有 {count} 个节点使用同一编号，请各用各的编号。",
    ),
    "reserved_id": (
        "error",
        "'{id}' is taken for people without a next step. Rename the node.",
        "“{id}”保留给没有下一步的客户。请为节点改名。",
    ),
    "same_name": (
        "error",
        "{count} of its ways are called '{name}'. Give each its own name.",
        "有 {count} 条路径都叫“{name}”，请各用各的名称。",
    ),
    "otherwise": (
        "error",
        "'otherwise' is how the way of everybody else is called. Rename the case.",
        "“otherwise”是其余客户所走路径的名称。请为该分支改名。",
    ),
    # ways
    "nowhere": (
        "error",
        "'{target}' does not exist, and {way} leads there. Point it to {choices}.",
        "{way}指向的“{target}”不存在。请改为指向 {choices}。",
    ),
    "to_start": (
        "error",
        "{way} leads back to the start '{target}'. People enter only once: point it to another node.",
        "{way}回到了起点“{target}”。客户只进入一次，请改为指向其他节点。",
    ),
    "unreachable": (
        "error",
        "No path from the start leads here. Point a node's way to it, or remove it.",
        "从起点无法到达此节点。请让某个节点指向它，或将其删除。",
    ),
    "loop": (
        "error",
        "A loop without a wait of at least a day: {path}. Put .wait(days=…) into it.",
        "循环中没有至少一天的等待：{path}。请在其中加上 .wait(days=…)。",
    ),
    "loop_of_actions": (
        "error",
        "A loop of nothing but contacts: {path}. Customers are contacted day after day. "
        "Put .wait(days=…) into it, and a way out.",
        "循环中只有联系动作：{path}。客户将天天被联系。请在其中加上 .wait(days=…) 和出口。",
    ),
    "same_way": (
        "warning",
        "All its ways lead to '{target}', so it decides nothing. Point them elsewhere, or remove it.",
        "各条路径都通向“{target}”，不起作用。请改变去向，或将其删除。",
    ),
    "never_taken": (
        "error",
        "The way '{name}' is never taken: '{earlier}' holds for everybody for whom it holds, and comes "
        "first. Put '{name}' before '{earlier}', or remove it.",
        "路径“{name}”永远不会被选中：凡满足它的客户都先满足“{earlier}”。"
        "请将“{name}”移到“{earlier}”之前，或将其删除。",
    ),
    "weights": (
        "error",
        "Its weights add up to {total}, not to 1. {remedy}",
        "各权重之和为 {total}，应为 1。{remedy}",
    ),
    # waits
    "window": (
        "warning",
        "What comes behind it is reached after {waited} days at the earliest, and the goal's window is "
        "{window} days: by then everybody has left. Shorten the waits or widen the window.",
        "其后的步骤最早在第 {waited} 天才到达，而目标期为 {window} 天，届时客户均已退出。"
        "请缩短等待，或延长目标期。",
    ),
    "hour_alone": (
        "error",
        "An hour only counts right before a contact, and '{next}' is none. "
        "Put it right before .send(...) or .assign(...).",
        "时点只在紧接联系动作之前才起作用，而“{next}”不是联系动作。"
        "请将其放在 .send(...) 或 .assign(...) 之前。",
    ),
    "hours": (
        "error",
        "It has two hours before it, {hours}, on different ways, and the latest would count for everybody. "
        "Keep one, or give each way a contact of its own.",
        "其前不同路径上有多个时点（{hours}），最晚的会对所有人生效。请只保留一个，或让各路径各有联系动作。",
    ),
    "hour_on_some_ways": (
        "warning",
        "{hour}:00 stands on some of the ways that lead here, and counts for everybody who comes. "
        "Give the other ways a contact of their own.",
        "{hour}:00 只在部分来路上，却会对所有到达者生效。请让其他来路各有联系动作。",
    ),
    # expressions
    "told": ("error", "{text}", "{text}"),
    "expression": ("error", "{problem}", "表达式有误：{problem}"),
    "no_day": (
        "error",
        "A day is expected, and {expression} is of the type {type}. {remedy}",
        "此处应为日期，而 {expression} 的类型为 {type}。{remedy}",
    ),
    # contacts
    "to_manager": (
        "error",
        "'{channel}' goes to the manager. Use .assign('manager', ...).",
        "“{channel}”发给客户经理。请使用 .assign('manager', ...)。",
    ),
    "not_to_manager": (
        "error",
        "'{channel}' does not go to the manager. Use .send('{channel}', ...).",
        "“{channel}”不发给客户经理。请使用 .send('{channel}', ...)。",
    ),
    "offer_over": (
        "error",
        "Offer '{offer}' ends on {last}, before anybody enters from {first} on. Extend it, or take another.",
        "权益“{offer}”于 {last} 结束，而客户自 {first} 起才进入。请延长权益，或换用其他权益。",
    ),
    # the audience
    "no_vault": (
        "warning",
        "Customers were not looked at: this account may not ask who left contact details. Let the operator "
        "run journeykit strategy check.",
        "未核对客户情况：当前账号无权查询联系方式。请由运维人员运行 journeykit strategy check。",
    ),
    "nobody": (
        "warning",
        "Nobody is in the segment as of {day}. Where that is not by chance, loosen a condition: "
        "mart.waterfall(segment) shows which of them leaves nobody.",
        "截至 {day} 没有客户属于该客群。若并非偶然，请放宽条件：mart.waterfall(segment) 可显示"
        "哪个条件筛掉了所有人。",
    ),
    "over": (
        "warning",
        "Nobody enters any more: its last day was {last}. Set a later valid_to.",
        "已过最后进入日 {last}，不再有客户进入。请将 valid_to 改为更晚的日期。",
    ),
    "goal_met": (
        "warning",
        "{count} of {size} customers ({share}) meet the goal already and do not enter. Exclude them from the "
        "segment, or set another goal.",
        "{size} 名客户中有 {count} 名（{share}）已达成目标，不会进入。请从客群中排除，或另设目标。",
    ),
    "exit_met": (
        "warning",
        "The exit rule holds for {count} of {size} customers ({share}) already, who do not enter. Exclude "
        "them from the segment, or change exit_when.",
        "{size} 名客户中有 {count} 名（{share}）已满足退出条件，不会进入。请从客群中排除，或修改 exit_when。",
    ),
    "blocked": (
        "warning",
        "{count} of {size} customers who come here ({share}) cannot be contacted: {reasons}. Take another "
        "channel or offer, or narrow the segment.",
        "到达此处的 {size} 名客户中有 {count} 名（{share}）无法联系：{reasons}。"
        "请换用其他渠道或权益，或缩小客群。",
    ),
    "channel_volume": (
        "warning",
        "Of {size} customers who come here {count} can be contacted, and “{channel}” takes {capacity} a day: "
        "{days} working days until everybody had a turn. Narrow the segment, or raise the capacity.",
        "到达此处的 {size} 名客户中有 {count} 名可以联系，而“{channel}”每日容量为 {capacity}，"
        "需 {days} 个工作日才能轮完。"
        "请缩小客群，或提高容量。",
    ),
    "manager_volume": (
        "warning",
        "Of {size} customers who come here {count} can be contacted, by {managers} managers who take "
        "{capacity} a day together: the one with the most needs {days} working days. Narrow the segment, or "
        "spread the customers.",
        "到达此处的 {size} 名客户中有 {count} 名可以联系，由 {managers} 名客户经理承接，"
        "合计每日容量 {capacity}；任务最多的一位需 {days} 个工作日。请缩小客群，或重新分配客户。",
    ),
    "no_day_known": (
        "warning",
        "{count} of {size} customers who come here ({share}) have no such day and wait until there is one. "
        "Exclude them from the segment, or put a branch before it.",
        "到达此处的 {size} 名客户中有 {count} 名（{share}）没有该日期，将一直等待。"
        "请从客群中排除，或在其前加一个分支。",
    ),
}

DRAWN: dict[str, tuple[str, str]] = {
    "no_goal": (
        "There is no goal. Say under “Strategy” what it wants, and within how many days.",
        "没有目标。请在“策略”中设定要达成什么、在多少天内达成。",
    ),
    "starts": (
        "{count} steps at which customers enter. Give it exactly one: “Who enters”.",
        "共有 {count} 个进入步骤，应恰好一个“进入客群”。",
    ),
    "nobody_contacted": (
        "Nobody is ever contacted. Add an offer to send, or a manager's task.",
        "不会联系任何人。请加上“发送权益”或“客户经理任务”。",
    ),
    "leads_nowhere": (
        "It leads nowhere: whoever enters is never contacted. Add an offer to send, or a manager's task.",
        "起点没有下一步，进入者不会收到任何联系。请加上“发送权益”或“客户经理任务”。",
    ),
    "no_control": (
        "No control group, so its effect cannot be measured. Leave out 10% as control group, unless nobody "
        "may be left out, as after a complaint.",
        "没有对照组，无法评估效果。请设置 10% 的对照组；凡须全员服务（如投诉回访）者除外。",
    ),
    "over_before": (
        "It ends on {last}, before it begins on {first}, so nobody ever enters. Correct its last day.",
        "结束日 {last} 早于开始日 {first}，没有人能进入。请更正结束日。",
    ),
    "since_entry": (
        "“Since entering the journey” counts from the day a customer enters, and nobody in the segment has "
        "entered yet. Choose “in the last … days” instead.",
        "“进入流程后”从客户进入之日算起，而客群中的客户尚未进入。请改为“最近…天”。",
    ),
    "measured_less_blocked": (
        "Whom it cannot reach leaves and is measured no longer, and the control group is for all {window} "
        "days: goals reached later count only there. Let them go on or wait instead of leaving.",
        "无法联系的客户在此退出、不再计入评估，而对照组会评估满 {window} 天：此后达成的目标只计入对照组。"
        "请改为跳过或等待，而不是退出。",
    ),
    "loop": (
        "A loop without a wait of at least a day: {path}. Put “Wait days” into it.",
        "循环中没有至少一天的等待：{path}。请在其中加上“等待天数”。",
    ),
    "loop_of_actions": (
        "A loop of nothing but contacts: {path}. Customers are contacted day after day. "
        "Put “Wait days” into it, and a way out.",
        "循环中只有联系动作：{path}。客户将天天被联系。请在其中加上“等待天数”和出口。",
    ),
    "hour_alone": (
        "An hour only counts right before a contact, and '{next}' is none. "
        "Put it right before an offer or a manager's task.",
        "时点只在紧接联系动作之前才起作用，而“{next}”不是联系动作。"
        "请将其放在“发送权益”或“客户经理任务”之前。",
    ),
    "to_manager": (
        "'{channel}' goes to the manager. Take the step “Manager's task”.",
        "“{channel}”发给客户经理。请使用“客户经理任务”步骤。",
    ),
    "not_to_manager": (
        "'{channel}' does not go to the manager. Take the step “Send an offer”.",
        "“{channel}”不发给客户经理。请使用“发送权益”步骤。",
    ),
    "no_vault": (
        "Customers were not looked at: this account may not ask who left contact details. An operator may.",
        "未核对客户情况：当前账号无权查询联系方式，请联系运维人员。",
    ),
    "nobody": (
        "Nobody is in the segment as of {day}. Where that is not by chance, loosen one of its rules.",
        "截至 {day} 没有客户属于该客群。若并非偶然，请放宽其中的条件。",
    ),
    "over": (
        "Nobody enters any more: its last day was {last}. Set a later one.",
        "已过最后进入日 {last}，不再有客户进入。请改为更晚的日期。",
    ),
    "exit_met": (
        "The exit rule holds for {count} of {size} customers ({share}) already, who do not enter. Exclude "
        "them from the segment, or change the exit rule.",
        "{size} 名客户中有 {count} 名（{share}）已满足退出条件，不会进入。请从客群中排除，或修改退出规则。",
    ),
}
"""Those that speak of code, for who draws a strategy by mouse."""
