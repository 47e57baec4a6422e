// The door in Supabase mode: e-mail and password.
import { type FormEvent, useState } from "react";
import { messageOf } from "../error.ts";
import { forgetEmail, keepEmail, keptEmail } from "./kept_email.ts";
import type { SignIn } from "./supabase.ts";
import "./sign_in.css";

export function SignInPage({ signIn }: { readonly signIn: SignIn }) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setBusy(true);
    setError(await enter(signIn, String(data.get("email")), String(data.get("password"))));
    setBusy(false);
  };

  return (
    <main className="centred">
      <form className="sign-in card" onSubmit={(event) => void submit(event)}>
        <p className="wordmark">
          Novel<span>Foundry</span>
        </p>
        <h1>Sign in</h1>
        <label className="field">
          E-mail address
          <input
            name="email"
            type="email"
            autoComplete="username"
            required
            defaultValue={keptEmail()}
            onInput={keepEmail}
          />
        </label>
        <label className="field">
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        {error !== null && (
          <p className="message" role="alert">
            {error}
          </p>
        )}
        <button type="submit" className="button primary" disabled={isBusy}>
          {isBusy ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </main>
  );
}

async function enter(signIn: SignIn, email: string, password: string): Promise<string | null> {
  try {
    await signIn.withPassword(email, password);
    forgetEmail();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
