/**
 * The state of the page: one value, changed in one place, with listeners.
 *
 * @module
 */

/** What the page shows. */
export interface State {
  /** Index into the frames of the clip. */
  readonly position: number;
  /** True while the clip plays. */
  readonly playing: boolean;
  /** Speed of play, 1 is real time. */
  readonly rate: number;
  /** Identities that are switched off. */
  readonly hidden: ReadonlySet<number>;
  /** Identity whose curves are shown; null when there is nobody. */
  readonly person: number | null;
  /** Index of the joint whose curves are shown, in the layout of `space`. */
  readonly joint: number;
  /** Which points the curves show. */
  readonly space: "3d" | "2d";
  /** Draw the spread. */
  readonly sigma: boolean;
  /** Draw the picture under the 2D points. */
  readonly picture: boolean;
  /** Draw the boxes. */
  readonly boxes: boolean;
  /** Where people stand in 3D. */
  readonly layout: "place" | "row";
  /** Mean sigma from which a frame is doubtful, m or percent of the box. */
  readonly threshold: number;
}

/** Called after a change with the state and the names of what changed. */
export type Listener = (state: State, changed: ReadonlySet<keyof State>) => void;

/** Holds the state. */
export interface Store {
  /** The state now. */
  get(): State;
  /** Changes some of it; listeners hear only of real changes. */
  set(change: Partial<State>): void;
  /** Adds a listener. */
  listen(listener: Listener): void;
}

/** Makes a store. */
export function createStore(start: State): Store {
  const listeners: Listener[] = [];
  let state = start;
  return {
    get: () => state,
    set(change) {
      const names = Object.keys(change) as (keyof State)[];
      const changed = new Set(names.filter((name) => change[name] !== state[name]));
      if (changed.size === 0) return;
      state = { ...state, ...change };
      for (const listener of listeners) listener(state, changed);
    },
    listen: (listener) => void listeners.push(listener),
  };
}
