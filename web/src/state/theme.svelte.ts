export type Theme = 'dark' | 'light';

const key = 'tickstock.theme';

/** Dark unless the system asks for light; the toggle's choice wins and is kept. */
class ThemeStore {
  current = $state<Theme>('dark');
  private chosen = false;

  start(): void {
    const stored = read();
    const light = matchMedia('(prefers-color-scheme: light)');
    this.chosen = stored !== null;
    this.apply(stored ?? (light.matches ? 'light' : 'dark'));
    light.addEventListener('change', () => {
      if (!this.chosen) {
        this.apply(light.matches ? 'light' : 'dark');
      }
    });
  }

  toggle(): void {
    this.chosen = true;
    this.apply(this.current === 'dark' ? 'light' : 'dark');
    try {
      localStorage.setItem(key, this.current);
    } catch {
      // A browser that keeps nothing: the choice lasts as long as the page.
    }
  }

  private apply(theme: Theme): void {
    this.current = theme;
    document.documentElement.dataset.theme = theme;
  }
}

function read(): Theme | null {
  try {
    const stored = localStorage.getItem(key);
    return stored === 'dark' || stored === 'light' ? stored : null;
  } catch {
    return null;
  }
}

export const theme = new ThemeStore();
