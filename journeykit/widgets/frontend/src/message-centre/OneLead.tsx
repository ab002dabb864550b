import { useState } from "react";
import { Status } from "./LeadList";
import type { Lead, State } from "./types";
import { useWords } from "./words";

interface Props {
  lead: Lead;
  outcomes: State["outcomes"];
  barred: string;
  report: (outcome: string) => Promise<boolean>;
}

/** A lead with everything its manager needs, and what may be reported of it. */
export function OneLead({ lead, outcomes, barred, report }: Props) {
  const say = useWords();
  const facts: [string, string][] = [
    [say("channel"), lead.channel],
    [say("offer"), lead.offer],
    [say("worth"), lead.value],
    [say("due"), lead.due],
    [say("not_before"), lead.not_before],
    [say("manager"), lead.manager],
  ];
  return (
    <>
      <header>
        <h3>{say("customer", lead.customer)}</h3>
        <Status lead={lead} />
      </header>
      <p>
        <strong>{lead.strategy}</strong>
      </p>
      <Facts facts={facts.filter(([, fact]) => fact)} />
      <h4>{say("why")}</h4>
      <p>{lead.why}</p>
      <Facts facts={lead.facts} />
      {lead.say && (
        <>
          <h4>{say("say")}</h4>
          <p className="jk-mc-words">{lead.say}</p>
        </>
      )}
      {lead.outcomes.length > 0 && (
        <>
          <h4>{say("said")}</h4>
          <Facts facts={lead.outcomes} />
        </>
      )}
      <Report lead={lead} outcomes={outcomes} barred={barred} report={report} />
    </>
  );
}

function Report({ lead, outcomes, barred, report }: Props) {
  const say = useWords();
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState("");
  const choose = async (outcome: string, word: string) => {
    setBusy(true);
    setTold((await report(outcome)) ? say("reported", word) : "");
    setBusy(false);
  };
  const undelivered = lead.delivery === "delivered" ? "" : say("undelivered");
  return (
    <>
      <h4>{say("report")}</h4>
      {barred || undelivered ? (
        <p className="jk-quiet">{undelivered || barred}</p>
      ) : (
        <div className="jk-mc-outcomes">
          {outcomes
            .filter(([outcome]) => outcome !== lead.status)
            .map(([outcome, word]) => (
              <button key={outcome} type="button" disabled={busy} onClick={() => void choose(outcome, word)}>
                {word}
              </button>
            ))}
        </div>
      )}
      <p role="status" className="jk-quiet">
        {told}
      </p>
    </>
  );
}

function Facts({ facts }: { facts: [string, string][] }) {
  return (
    <dl className="jk-facts jk-mc-facts">
      {facts.map(([title, fact]) => (
        <div key={`${title} ${fact}`}>
          <dt>{title}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}
