import { beforeEach, expect, test } from "vitest";
import { render, submit, type } from "../testing/page.ts";
import { SessionError } from "./session.ts";
import { SignInPage } from "./sign_in.tsx";
import type { SignIn } from "./supabase.ts";

let refusal: string | null;
let tried: string[];

const signIn: SignIn = {
  withPassword: async (email, password) => {
    tried.push(`${email} ${password}`);
    if (refusal !== null) throw new SessionError(refusal);
  },
  watch: () => () => {},
};

beforeEach(() => {
  refusal = null;
  tried = [];
});

const emailOf = (page: HTMLElement) => page.querySelector<HTMLInputElement>("[name=email]")?.value;

async function enter(page: HTMLElement): Promise<void> {
  await type(page, "[name=email]", "anna@example.com");
  await type(page, "[name=password]", "a long walk home");
  await submit(page);
}

test("who signs in is asked for address and password, and both are sent", async () => {
  const page = await render(<SignInPage signIn={signIn} />);

  await enter(page);

  expect(tried).toEqual(["anna@example.com a long walk home"]);
  expect(page.querySelector("[role=alert]")).toBeNull();
});

test("a refusal is told, and costs neither field", async () => {
  refusal = "This e-mail address and password do not go together.";
  const page = await render(<SignInPage signIn={signIn} />);

  await enter(page);

  expect(page.querySelector("[role=alert]")?.textContent).toBe(refusal);
  expect(emailOf(page)).toBe("anna@example.com");
  expect(page.querySelector<HTMLInputElement>("[name=password]")?.value).toBe("a long walk home");
});

test("the address outlives a reload until it is accepted; the password is kept nowhere", async () => {
  refusal = "The sign-in service does not answer.";
  await enter(await render(<SignInPage signIn={signIn} />));
  expect(Object.values({ ...sessionStorage }).join()).not.toContain("a long walk home");

  const again = await render(<SignInPage signIn={signIn} />);
  expect(emailOf(again)).toBe("anna@example.com");

  refusal = null;
  await enter(again);
  expect(emailOf(await render(<SignInPage signIn={signIn} />))).toBe("");
});
