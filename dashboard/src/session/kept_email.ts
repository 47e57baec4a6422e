// The address that somebody typed to sign in, until it was accepted: for this tab only. A password is never kept.
import type { FormEvent } from "react";

const KEY = "novelfoundry.sign-in.email";

export function keptEmail(): string {
  return sessionStorage.getItem(KEY) ?? "";
}

export function keepEmail({ currentTarget }: FormEvent<HTMLInputElement>): void {
  sessionStorage.setItem(KEY, currentTarget.value);
}

export function forgetEmail(): void {
  sessionStorage.removeItem(KEY);
}
