import { mount } from 'svelte';
import 'uplot/dist/uPlot.min.css';
import './app.css';
import App from './App.svelte';
import { signIn } from './state/signin.svelte';
import { theme } from './state/theme.svelte';

theme.start();
signIn.start();

const target = document.getElementById('app');
if (target !== null) {
  mount(App, { target });
}
