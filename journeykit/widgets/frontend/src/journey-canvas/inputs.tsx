import { type ReactNode, useEffect, useId, useState } from "react";

interface InputProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "number" | "date" | "area";
  minimum?: number | undefined;
  maximum?: number | undefined;
  step?: string;
  list?: readonly string[];
}

/** A labelled field; what is typed counts once the field is left or Enter is pressed. */
export function Input({ label, value, onChange, type = "text", minimum, maximum, step, list }: InputProps) {
  const id = useId();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const tell = () => {
    if (typed !== value) onChange(typed);
  };
  const common = { id, value: typed, onBlur: tell };
  return (
    <div className="jk-input">
      <label htmlFor={id}>{label}</label>
      {type === "area" ? (
        <textarea {...common} rows={3} onChange={(event) => setTyped(event.target.value)} />
      ) : (
        <input
          {...common}
          type={type}
          min={minimum}
          max={maximum}
          step={step ?? (type === "number" ? "any" : undefined)}
          list={list ? `${id}-list` : undefined}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && tell()}
        />
      )}
      {list && (
        <datalist id={`${id}-list`}>
          {list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </div>
  );
}

export function Select({
  label,
  value,
  onChange,
  options,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly { name: string; title: string }[];
}) {
  const id = useId();
  const known = options.some((one) => one.name === value);
  return (
    <div className="jk-input">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {!known && <option value={value}>{value}</option>}
        {options.map((one) => (
          <option key={one.name} value={one.name}>
            {one.title}
          </option>
        ))}
      </select>
    </div>
  );
}

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="jk-part">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}
