"""English and Chinese words for what reports, files and mails show."""

from __future__ import annotations

from typing import Literal, cast, get_args

from journeykit.errors import SettingsError, unknown_name

Language = Literal["en", "zh"]

LABELS: dict[str, tuple[str, str]] = {
    # vocabulary
    "as_of": ("As of", "数据日期"),
    "contact_date": ("Contact date", "联系日期"),
    "run": ("Run", "运行编号"),
    "build": ("Tag build", "标签版本"),
    "demo": ("demo", "演示"),
    "segment": ("Segment", "客群"),
    "strategy": ("Strategy", "策略"),
    "stage": ("Stage", "阶段"),
    "channel": ("Channel", "渠道"),
    "branch": ("Branch", "网点"),
    "manager": ("Manager", "客户经理"),
    "reason": ("Reason", "原因"),
    "state": ("State", "状态"),
    "arm": ("Group", "组别"),
    "tag": ("Tag", "标签"),
    "offer": ("Offer", "权益"),
    "model": ("Model", "模型"),
    "customer": ("Customer", "客户"),
    "customers": ("Customers", "客户数"),
    "candidates": ("Candidates", "候选"),
    "leads": ("Leads", "线索"),
    "drops": ("Drops", "剔除"),
    "delivered": ("Delivered", "已交付"),
    "failed": ("Failed", "交付失败"),
    "pending": ("Pending", "待交付"),
    "enrolled": ("Enrolled", "入组"),
    "active": ("Active", "在途"),
    "exited": ("Exited", "已退出"),
    "capacity": ("Capacity", "容量"),
    "used": ("Used", "已用"),
    "free": ("Free", "剩余"),
    "share": ("Share", "占比"),
    "count": ("Count", "数量"),
    "total": ("Total", "合计"),
    "file": ("File", "文件"),
    "rows": ("Rows", "行数"),
    "none": ("none", "无"),
    "unlimited": ("no limit", "不限"),
    # pages and mails
    "report.footer": (
        "Made by journeykit. Customers appear here only as counts; groups too small to show are withheld.",
        "由 journeykit 生成。本报告只含客户统计数，人数过少的分组不单独列示。",
    ),
    "other_groups": ("{} others", "其余 {} 项"),
    "withheld_note": (
        "• stands for a count that is not shown: fewer than {} customers, or needed to compute such a count.",
        "“•”表示不予列示：该组客户数少于 {}，或可据以推算出此类分组。",
    ),
    "of_candidates": ("{} of candidates", "占候选 {}"),
    "of_capacity": ("{} of capacity", "占容量 {}"),
    "managers_on_duty": ("{} managers on duty", "{} 名在岗客户经理"),
    # the daily report
    "daily.leads": ("Leads by strategy", "各策略线索"),
    "daily.leads.note": (
        "Every candidate ends as a lead or as a drop with one reason.",
        "每个候选客户最终成为线索，或因单一原因被剔除。",
    ),
    "daily.funnel": ("From candidate to delivery", "从候选到交付"),
    "daily.funnel.eligible": ("May be contacted", "可联系"),
    "daily.drops": ("Why candidates were dropped", "候选剔除原因"),
    "daily.deliveries": ("Channels", "渠道交付"),
    "daily.where": ("Branches and managers", "网点与客户经理"),
    "daily.where.branches": ("Leads by customer's branch", "按客户归属网点"),
    "daily.where.managers": ("Leads by manager", "按客户经理"),
    "daily.capacity": ("Capacity used", "容量使用"),
    "daily.capacity.managers": (
        "Managers on duty, by share of their day filled",
        "在岗客户经理当日容量使用分布",
    ),
    "daily.capacity.empty": ("no leads", "无线索"),
    "daily.capacity.half": ("up to half", "不足一半"),
    "daily.capacity.most": ("more than half", "超过一半"),
    "daily.capacity.full": ("full", "已满"),
    "daily.enrolments": ("Customers in strategies", "策略在途客户"),
    "daily.enrolments.note": (
        "Control customers are measured and never contacted.",
        "对照组客户仅用于效果评估，不作任何联系。",
    ),
    "daily.basis": ("What this report rests on", "报告依据"),
    "daily.basis.assumptions": ("Assumptions the bank states", "银行声明的假设"),
    "daily.basis.absent": ("What the bank's data lack", "银行数据中缺少的内容"),
    "daily.basis.freshness": ("Freshness of the data", "数据新鲜度"),
    "daily.basis.identities": ("Everything is accounted for", "勾稽关系"),
    "daily.basis.runs": ("Runs", "运行记录"),
    "assumption": ("Assumption", "假设"),
    "subject": ("Subject", "主题"),
    "latest_day": ("Latest day", "最新日期"),
    "identity": ("Identity", "关系"),
    "figures": ("Figures", "数值"),
    "decisions_hash": ("Hash of decisions", "决策文件摘要"),
    "rule": ("Definitions", "定义版本"),
    "managers": ("Managers", "客户经理数"),
    "control": ("Control", "对照组"),
    "in_treatment": ("In treatment", "策略组在途"),
    "in_control": ("In control", "对照组在途"),
    "outcome.lead": ("Leads", "线索"),
    "outcome.drop": ("Drops", "剔除"),
    # who proposed, approved and stopped a strategy
    "privacy": ("Privacy", "隐私级别"),
    "columns": ("Columns", "字段"),
    "approval.data": ("Data it uses", "使用的数据"),
    "approval.at": ("At", "时间"),
    "approval.version": ("Version", "版本"),
    "approval.step": ("Step", "步骤"),
    "approval.actor": ("By", "操作人"),
    "approval.said": ("What was said", "说明"),
    "approval.draft": ("draft", "草稿"),
    "approval.submitted": ("submitted", "已提交"),
    "approval.withdrawn": ("withdrawn", "已撤回"),
    "approval.refused": ("refused", "已驳回"),
    "approval.approved": ("approved", "已批准"),
    "approval.live": ("live", "运行中"),
    "approval.paused": ("paused", "已暂停"),
    "approval.resumed": ("resumed", "已恢复"),
    "approval.replaced": ("replaced", "已被替换"),
    "approval.ended": ("ended", "已结束"),
    "approval.asked": ("Asked", "事项"),
    "approval.answer": ("Answer", "内容"),
    "approval.purpose": ("What it is good for", "目的"),
    "approval.harm": ("Who could be harmed", "可能受影响的人群"),
    "approval.in_flight": ("People in flight", "在途客户"),
    "approval.difference": ("Differs from the live version", "与运行版本的差异"),
    "approval.warning": ("To think about", "提示"),
    "approval.simulation": ("Simulated", "模拟结果"),
    "approval.in_flight.finish": ("people in flight finish on their version", "在途客户按原版本走完"),
    "approval.in_flight.migrate": ("people in flight move to the new version", "在途客户转入新版本"),
    "approval.in_flight.exit": ("people in flight leave", "在途客户全部退出"),
    # what the other jobs report
    "build.customers": ("Customers", "客户数"),
    "build.tags": ("Tags", "标签数"),
    "build.unavailable": ("{} tags left out", "未能生成的标签：{} 个"),
    "build.missing": ("Missing", "缺少"),
    "build.no_model": ("model {}", "模型 {}"),
    "build.not_trained": ("not trained yet", "尚未训练"),
    "build.passes": ("How the tags came about", "标签的生成方式"),
    "build.how": ("How", "方式"),
    "build.from": ("From", "来源"),
    "build.attribute": ("Attributes, as they are", "属性，直接取值"),
    "build.aggregate": ("Summed up from rows", "按明细汇总"),
    "build.by_manager": ("{}, by relationship manager", "{}（按客户经理汇总）"),
    "build.by_branch": ("{}, by branch", "{}（按网点汇总）"),
    "build.carried": ("Taken over unchanged from {}", "沿用 {} 的结果，未变化"),
    "build.carried_from": ("build {}", "标签版本 {}"),
    "build.formula": ("Formulas", "公式"),
    "build.ranking": ("Rankings", "排名"),
    "build.score": ("Model scores", "模型评分"),
    "build.from_tags": ("other tags", "其他标签"),
    "build.from_everyone": ("all customers", "全体客户"),
    "build.from_models": ("trained models", "已训练模型"),
    "quality.section": ("Quality of the tags", "标签质量"),
    "quality.first": (
        "There is no earlier build to compare with: neither drift nor lost coverage can be told.",
        "没有更早的标签可供对比，无法判断分布变化与覆盖率下降。",
    ),
    "quality.limits": ("Limits of this build", "本次生成的质量门限"),
    "quality.limit": ("Limit", "门限"),
    "quality.allowed": ("Allowed", "允许值"),
    "quality.state": ("State", "结果"),
    "quality.kept": ("kept", "符合"),
    "quality.broken": ("broken {} times", "不符合：{} 处"),
    "quality.no_before": ("nothing to compare with", "无可对比"),
    "quality.customers.min": ("Customers at least", "客户数下限"),
    "quality.customers.max_change": ("Change of the number of customers", "客户数变动幅度"),
    "quality.coverage_min": ("Coverage at least", "覆盖率下限"),
    "quality.coverage_drop": ("Drop of coverage", "覆盖率降幅"),
    "quality.drift": ("Drift (population stability index)", "分布变化（PSI）"),
    "quality.values": ("Declared values", "声明取值"),
    "quality.no_others": ("no others", "不得有其他值"),
    "quality.moved": (
        "{} tags have moved since {}; the worst",
        "{} 个标签自 {} 起分布发生变化，变化最大者",
    ),
    "quality.steady": (
        "No tag has moved by an index of 0.10 or more since {}.",
        "与 {} 相比，没有标签的 PSI 达到 0.10。",
    ),
    "quality.losers": (
        "{} tags have lost coverage since {}; the most",
        "{} 个标签自 {} 起覆盖率下降，降幅最大者",
    ),
    "quality.covered": (
        "No tag has lost a hundredth of the customers since {}.",
        "与 {} 相比，没有标签的覆盖率下降达到一个百分点。",
    ),
    "quality.and_more": (" and more", "等"),
    "quality.added": ("{} new tags: {}.", "新增标签 {} 个：{}。"),
    "quality.regained": (
        "{} tags could not be built then and are not compared: {}.",
        "当时未能生成、不参与对比的标签 {} 个：{}。",
    ),
    "quality.lost": ("{} tags can no longer be built: {}.", "现已无法生成的标签 {} 个：{}。"),
    "quality.title": ("Meaning", "名称"),
    "quality.index": ("Index", "PSI 指数"),
    "quality.verdict": ("Verdict", "结论"),
    "quality.verdict.watch": ("to watch", "关注"),
    "quality.verdict.changed": ("changed", "已变化"),
    "quality.before": ("Coverage before", "此前覆盖率"),
    "quality.now": ("Coverage now", "当前覆盖率"),
    "build.changed": ("Changed tags in use", "在用标签的变更"),
    "build.changed_by": ("Changed by", "变更来源"),
    "build.changed_self": ("its definition", "自身定义"),
    "build.unchanged": (
        "No live strategy or segment uses a tag that means something else than in the build before.",
        "与上一次生成相比，在用策略和客群所用标签的定义均无变化。",
    ),
    "build.users_strategy": ("Strategies", "策略"),
    "build.users_segment": ("Segments", "客群"),
    "build.section": ("Tag build", "标签生成"),
    "run.section": ("Decisions", "决策结果"),
    "members.section": ("Members of segments", "客群成员"),
    "members.entered": ("Entered", "新进"),
    "members.left": ("Left", "退出"),
    "members.compared": ("Compared with", "对比日期"),
    "members.first": ("first day recorded", "首次记录"),
    "members.changed": ("nothing: the definition changed", "客群定义已变更，不作对比"),
    "members.refused": ("Not recorded", "未记录"),
    "members.none": ("No segment is saved.", "尚无已保存的客群。"),
    # the card of a trained model
    "model.section": ("Model training", "模型训练"),
    "model.model": ("Model", "模型"),
    "model.fact": ("Fact", "项目"),
    "model.kind": ("Kind", "类型"),
    "model.seed": ("Seed: who meets", "种子客群条件"),
    "model.lookalike": (
        "Lookalike: who resembles the customers of the outcome on the same day; it foretells nothing",
        "相似客群模型：与目标客户在同一日期相似的程度，不作预测",
    ),
    "model.id": ("Model number", "模型编号"),
    "model.learner": ("Learner", "算法"),
    "model.feature_day": ("Features as of", "特征日期"),
    "model.outcome_day": ("Outcome as of", "结果日期"),
    "model.load": ("Load", "数据批次"),
    "model.where": ("Only customers with", "仅限满足此条件的客户"),
    "model.outcome": ("Foretells", "预测结果"),
    "model.among": ("Learned only from those with", "仅从满足此条件者学习"),
    "model.rows": ("Learned from", "训练样本数"),
    "model.positives": ("Met the outcome", "正样本数"),
    "model.auc": ("AUC, cross-validated (folds)", "AUC（交叉验证，各折范围）"),
    "model.mind": ("Mind", "注意"),
    "model.telling": (
        "The features together nearly tell who is in the seed (above all: {}), so the ranking of everybody "
        "else says little. Learn without them (features=[...]), or take another seed",
        "这些特征合在一起几乎足以认出种子客群（主要是：{}），因此对其余客户的排序参考价值很低。"
        "请去掉这些特征重新学习（features=[...]），或另选种子客群",
    ),
    "model.max_age": ("May be used for days", "有效天数"),
    "model.sklearn": ("scikit-learn", "scikit-learn 版本"),
    "model.features": ("What it rests on: {} of {} features", "特征重要性：前{}项，共{}项"),
    "model.feature": ("Feature", "特征"),
    "model.importance": ("What it rests on: AUC lost without it", "特征重要性：打乱后AUC下降"),
    "model.missing": ("Missing", "缺失率"),
    "model.lift_title": ("Lift by tenths of the score", "各十分位提升度"),
    "model.decile": ("Tenth", "十分位"),
    "model.rate": ("Rate", "正样本率"),
    "model.lift": ("Lift", "提升度"),
    "model.captured": ("Captured so far", "累计捕获率"),
    "model.calibration": ("Foretold and come true", "校准：预测与实际"),
    "model.predicted": ("Foretold", "预测概率"),
    "model.observed": ("Came true", "实际比例"),
    "model.likeness": ("Score and share of the seed", "分数与种子客群占比"),
    "model.score": ("Score", "分数"),
    "model.in_seed": ("In the seed", "种子客群占比"),
    "model.barred": ("Barred features", "禁用特征"),
    "model.in_use": ("Models in use", "在用模型"),
    "model.none": (
        "No model is trained, so no tag is scored. Train them with the job train_models.",
        "尚无已训练模型，评分类标签未生成。请运行 train_models 任务。",
    ),
    "model.age": ("Age, days", "距今天数"),
    "model.stability": ("Stability index", "稳定性指数（PSI）"),
    "model.sound": ("sound", "正常"),
    "model.old": ("too old", "已过期"),
    "model.moved": ("scores have moved", "分布已漂移"),
    "model.weak": ("hardly tells customers apart", "区分能力弱"),
    "model.redefined": ("a tag it reads was redefined", "所用标签口径已变"),
    "model.gone": ("a tag it reads is gone", "所用标签已不存在"),
    "model.other": ("scores are of another training", "评分来自另一版本"),
    "model.figure_auc": ("AUC, cross-validated", "AUC（交叉验证）"),
    "model.lift_first": ("Lift of the highest tenth", "最高十分位提升度"),
    "model.unsteady": (
        "In one fold its AUC is only {}, under {}: use it with care.",
        "有一折的AUC仅为{}，低于{}：请谨慎使用。",
    ),
    "model.untrained": ("Not trained", "未能训练"),
    "learner.gradient_boosting": ("Gradient boosting", "梯度提升树"),
    "learner.logistic_regression": ("Logistic regression", "逻辑回归"),
    # what is found out about segments
    "segment.waterfall": ("{}: who remains after each condition", "{}：逐项条件筛选"),
    "segment.condition": ("Condition", "条件"),
    "segment.everyone": ("Everyone", "全体客户"),
    "segment.remain": ("Remain", "剩余"),
    "segment.lost": ("Lost", "减少"),
    "segment.kept": ("Kept of those before", "占上一步"),
    "segment.of_everyone": ("Of everyone", "占全体"),
    "segment.overlap": ("Overlap of {} segments", "{} 个客群的重叠情况"),
    "segment.segment": ("Segment", "客群"),
    "segment.exactly": ("In exactly these", "仅属于"),
    "segment.profile": (
        "{} ({} customers) against {} ({} customers)",
        "{}（{} 户）与{}（{} 户）的差异",
    ),
    "segment.base": ("Base", "对照"),
    "segment.lift": ("Lift (95 %)", "提升度（95%）"),
    "segment.apart": ("Apart, in SD (95 %)", "差异（标准差，95%）"),
    "segment.used": ("part of the condition", "条件所用"),
    "segment.id": ("id", "编号"),
    "segment.known": ("has a value", "有值"),
    "segment.apart.note": (
        "Means of numbers, shares of values. Lift is the first figure over the second; apart is their "
        "difference in standard deviations, right of the line when the first is higher; both with 95 % "
        "intervals. Ranked by what is sure: by the end of the interval that is nearer to zero.",
        "数值为均值，取值为占比。提升度为前者与后者之比；差异以标准差计，前者较高时位于线右侧；"
        "两者均附 95% 置信区间。按确定的差异排序，即区间中离零较近的一端。",
    ),
    "segment.sampled": (
        "Sizes are exact; shares and means rest on {} of {} customers, drawn by a hash of their ids. The "
        "intervals allow for that.",
        "客户数为精确值；占比与均值基于按客户编号哈希抽取的 {} 户（共 {} 户），区间已计入抽样误差。",
    ),
    "segment.comparison": ("{} and {}", "{}与{}"),
    "segment.both": ("in both", "两者兼有"),
    "segment.alone": ("only in {}", "仅在{}"),
    "segment.is_member": ("Customer {} is in {}", "客户 {} 属于{}"),
    "segment.no_member": ("Customer {} is not in {}", "客户 {} 不属于{}"),
    "segment.customers_values": ("The customer has", "客户取值"),
    "segment.holds": ("Holds", "是否满足"),
    "segment.true": ("✓ yes", "✓ 是"),
    "segment.false": ("✗ no", "✗ 否"),
    "segment.yes": ("yes", "是"),
    "segment.no": ("no", "否"),
    "segment.others": ("other values", "其他取值"),
    "segment.missing": ("missing", "无值"),
    "segment.tags_withheld": (
        "{} tags are left out, since too few customers have one value or the other.",
        "另有 {} 个标签因取值人数过少未列示。",
    ),
    "segment.sampled.mailed": (
        "Shares and means rest on customers drawn by a hash of their ids; the intervals allow for that.",
        "占比与均值基于按客户编号哈希抽取的样本，区间已计入抽样误差。",
    ),
    "segment.nowhere": ("in none of them", "均不属于"),
    # work lists
    "list.customer": ("Customer", "客户"),
    "list.customer_number": ("Customer number", "客户编号"),
    "list.phone": ("Phone", "电话"),
    "list.app_token": ("App token", "手机银行标识"),
    "list.official_account_id": ("Official account", "公众号标识"),
    "list.strategy": ("Strategy", "策略"),
    "list.why": ("Why", "推荐理由"),
    "list.offer": ("Offer", "权益"),
    "list.say": ("What to say", "沟通要点"),
    "list.not_before": ("Not before", "不早于"),
    "list.due": ("Due", "截止日期"),
    "list.lead_number": ("Lead number", "线索编号"),
    "list.result": ("Result", "跟进结果"),
    "list.remark": ("Remark", "备注"),
    # lifecycle stages
    "stage.acquire": ("Acquire", "获客"),
    "stage.activate": ("Activate", "活客"),
    "stage.retain": ("Retain", "留客"),
    # experiment arms and enrolment states
    "arm.treatment": ("Treatment", "策略组"),
    "arm.control": ("Control", "对照组"),
    "state.active": ("Active", "在途"),
    "state.exited": ("Exited", "已退出"),
    "state.pending": ("Pending", "待交付"),
    "state.delivered": ("Delivered", "已交付"),
    "state.failed": ("Failed", "交付失败"),
    # why an enrolment ended
    "exit.goal": ("Goal reached", "达成目标"),
    "exit.expired": ("Goal window over", "目标期已过"),
    "exit.exit_rule": ("Exit rule met", "触发退出规则"),
    "exit.finished": ("Came to an exit", "流程结束"),
    # why a candidate was dropped, or a lead could not be delivered
    "reason.no_consent": ("No consent for this channel", "未授权该渠道"),
    "reason.refused_automated": ("Refused automated marketing", "拒绝自动化营销"),
    "reason.unsuitable": ("Offer above assessed risk level", "产品风险与客户不匹配"),
    "reason.offer_expired": ("Offer not valid on the contact date", "权益不在有效期"),
    "reason.no_contact_data": ("No contact details for this channel", "缺少该渠道联系方式"),
    "reason.no_manager": ("No manager in charge", "无管户客户经理"),
    "reason.no_branch": ("No branch known", "无归属网点"),
    "reason.manager_capacity": ("Manager's day is full", "客户经理当日容量已满"),
    "reason.channel_capacity": ("Channel's day is full", "渠道当日容量已满"),
    "reason.better_offer": ("Another offer was worth more", "有价值更高的权益"),
    "reason.too_late": ("Not exported before the next day was decided", "未在下一日决策前导出"),
    "reason.paused": ("Strategy paused before the lead left", "策略在线索交付前已暂停"),
    "reason.ended": ("Strategy ended before the lead left", "策略在线索交付前已结束"),
    "reason.replaced": ("Version replaced before the lead left", "策略版本在线索交付前已被替换"),
    "reason.contacted_today": ("Already contacted that day", "当日已有联系"),
}


def label(key: str, language: str) -> str:
    """The words for `key` in English or Chinese.

    Examples
    --------
    >>> label("reason.no_consent", "zh")
    '未授权该渠道'
    """
    if key not in LABELS:
        raise unknown_name("label", key, LABELS, "Add it to journeykit/i18n.py in both languages.")
    return in_language(language, *LABELS[key])


def in_language(language: str, english: str, chinese: str) -> str:
    """Whichever of two texts is in `language`; English when there is no Chinese one.

    Examples
    --------
    >>> in_language("zh", "Idle inflow", "闲置资金")
    '闲置资金'
    """
    return chinese or english if checked_language(language) == "zh" else english or chinese


def checked_language(language: str) -> Language:
    """`language` itself when it is one we speak.

    Raises
    ------
    SettingsError
        Neither ``en`` nor ``zh``.
    """
    if language not in get_args(Language):
        raise SettingsError(f"Unknown language '{language}'. Use one of: {', '.join(get_args(Language))}.")
    return cast("Language", language)
