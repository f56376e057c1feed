import { signIn } from './signin.svelte';

const order = ['viewer', 'trader', 'admin'];

/** Whether who is signed in may do what needs `role`; while that is not known, the server says. */
export function may(role: 'viewer' | 'trader' | 'admin'): boolean {
  const own = signIn.identity?.role ?? '';
  return !order.includes(own) || order.indexOf(own) >= order.indexOf(role);
}
