/**
 * The 3D stage with three.js.
 *
 * @module
 */
/// <reference lib="dom" />

// @ts-types="@types/three"
import {
  BackSide,
  CanvasTexture,
  Color,
  CylinderGeometry,
  DirectionalLight,
  GridHelper,
  HemisphereLight,
  InstancedMesh,
  Matrix4,
  MeshBasicMaterial,
  MeshLambertMaterial,
  PerspectiveCamera,
  Quaternion,
  Scene,
  SphereGeometry,
  Sprite,
  SpriteMaterial,
  SRGBColorSpace,
  Vector3,
  WebGLRenderer,
} from "three";
// @ts-types="@types/three/addons/controls/OrbitControls.js"
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { jointColour, personColour } from "../palette.ts";
import { colourOf } from "./dom.ts";
import { type Figure, FIGURE_SKELETON } from "./figures.ts";
import { distanceFor, FIELD_OF_VIEW, floorUnder, type Stage, VIEW_DIRECTIONS } from "./stage.ts";

const JOINT_RADIUS = 0.026;
const BONE_RADIUS = 0.014;
/** Dashes of a bone of an interpolated person. */
const DASHES = 4;

/** Height of the number over the highest joint, metres. */
const LABEL_RISE = 0.17;

const UP = new Vector3(0, 1, 0);

/** A pool of equal shapes: filled from the start for each picture. */
class Pool {
  readonly mesh: InstancedMesh;
  readonly #matrix = new Matrix4();
  readonly #colour = new Color();

  constructor(mesh: InstancedMesh) {
    this.mesh = mesh;
    mesh.frustumCulled = false;
    mesh.count = 0;
  }

  add(place: Vector3, turn: Quaternion, size: Vector3, colour: string): void {
    this.mesh.setMatrixAt(this.mesh.count, this.#matrix.compose(place, turn, size));
    this.mesh.setColorAt(this.mesh.count, this.#colour.set(colour));
    this.mesh.count++;
  }

  done(): void {
    this.mesh.instanceMatrix.needsUpdate = true;
    if (this.mesh.instanceColor !== null) this.mesh.instanceColor.needsUpdate = true;
  }
}

/** A name that always faces the viewer. */
function makeLabel({ id, label: text }: Figure): Sprite {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [128, 64];
  const pen = canvas.getContext("2d");
  if (pen !== null) {
    pen.font = "700 44px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillStyle = personColour(id);
    pen.fillText(text, 64, 32);
  }
  const map = new CanvasTexture(canvas);
  map.colorSpace = SRGBColorSpace;
  const label = new Sprite(new SpriteMaterial({ map, depthWrite: false }));
  label.scale.set(0.36, 0.18, 1);
  return label;
}

/**
 * Makes the stage inside an element.
 *
 * @param host An element with a size.
 * @param capacity Most people at one time.
 * @returns The stage.
 * @throws {Error} If the browser gives no WebGL.
 */
export function createWebglStage(host: HTMLElement, capacity: number): Stage {
  const renderer = new WebGLRenderer({ antialias: true, alpha: true });
  host.append(renderer.domElement);
  const scene = new Scene();
  const camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 0.05, 500);
  const controls = new OrbitControls(camera, renderer.domElement);
  const light = new DirectionalLight("#ffffff", 1.6);
  light.position.set(1.5, 3, 2.5);
  scene.add(new HemisphereLight("#ffffff", "#8a8f99", 1.9), light);

  const joints = FIGURE_SKELETON.joints.length;
  const ball = new SphereGeometry(1, 20, 14);
  const rod = new CylinderGeometry(1, 1, 1, 12, 1, true);
  const lambert = new MeshLambertMaterial();
  const shell = new MeshBasicMaterial({ side: BackSide });
  const mist = new MeshBasicMaterial({ transparent: true, opacity: 0.17, depthWrite: false });
  const pools = {
    joints: new Pool(new InstancedMesh(ball, lambert, capacity * joints)),
    shells: new Pool(new InstancedMesh(ball, shell, capacity * joints)),
    bones: new Pool(new InstancedMesh(rod, lambert, capacity * joints * DASHES)),
    spread: new Pool(new InstancedMesh(ball, mist, capacity * joints)),
  };
  for (const pool of Object.values(pools)) scene.add(pool.mesh);
  const labels = new Map<number, Sprite>();
  let floor: GridHelper | null = null;
  let last: Parameters<Stage["draw"]> = [[], false];
  let lastLook: Parameters<Stage["look"]> | null = null;
  let touched = false;

  const render = (): void => renderer.render(scene, camera);
  const still = new Quaternion();
  const turn = new Quaternion();
  const from = new Vector3();
  const to = new Vector3();
  const place = new Vector3();
  const size = new Vector3();

  function addBone(dashed: boolean, colour: string): void {
    const length = from.distanceTo(to);
    if (!(length > 0)) return; // NaN too
    turn.setFromUnitVectors(UP, to.clone().sub(from).divideScalar(length));
    const parts = dashed ? DASHES : 1;
    for (let part = 0; part < parts; part++) {
      place.lerpVectors(from, to, (part + 0.5) / parts);
      pools.bones.add(place, turn, size.set(BONE_RADIUS, (length / parts) * (dashed ? 0.55 : 1), BONE_RADIUS), colour);
    }
  }

  function addLabel(figure: Figure): void {
    const { id, joints: points } = figure;
    let top = -1;
    for (let at = 1; at < points.length; at += 3) if (points[at]! > (points[top] ?? -Infinity)) top = at;
    if (top < 0) return;
    let label = labels.get(id);
    if (label === undefined) {
      labels.set(id, label = makeLabel(figure));
      scene.add(label);
    }
    label.position.set(points[top - 1]!, points[top]! + LABEL_RISE, points[top + 1]!);
  }

  function draw(...asked: Parameters<Stage["draw"]>): void {
    last = asked;
    const [figures, sigma] = asked;
    const ground = colourOf("--well");
    for (const pool of Object.values(pools)) pool.mesh.count = 0;
    for (const figure of figures) {
      addLabel(figure);
      FIGURE_SKELETON.joints.forEach((name, joint) => {
        to.fromArray(figure.joints, joint * 3);
        if (!Number.isFinite(to.x + to.y + to.z)) return;
        const colour = jointColour(figure.id, name);
        const parent = FIGURE_SKELETON.parents[joint]!;
        if (parent >= 0) addBone(figure.interpolated, (from.fromArray(figure.joints, parent * 3), colour));
        // A derived joint is hollow: a ball of the ground's colour in a shell that shows only its rim.
        const derived = figure.derived.includes(joint);
        if (derived) pools.shells.add(to, still, size.setScalar(JOINT_RADIUS * 1.25), colour);
        pools.joints.add(to, still, size.setScalar(JOINT_RADIUS * (derived ? 0.85 : 1)), derived ? ground : colour);
        const radius = figure.sigma[joint]!;
        if (sigma && radius > 0) pools.spread.add(to, still, size.setScalar(radius), colour);
      });
    }
    for (const [id, label] of labels) label.visible = figures.some((figure) => figure.id === id);
    for (const pool of Object.values(pools)) pool.done();
    render();
  }

  function look(...asked: Parameters<Stage["look"]>): void {
    lastLook = asked;
    touched = false;
    const [bounds, view] = asked;
    const direction = VIEW_DIRECTIONS[view];
    const middle = new Vector3().fromArray(bounds.min).add(new Vector3().fromArray(bounds.max)).divideScalar(2);
    const distance = distanceFor(bounds, direction, camera.aspect);
    controls.target.copy(middle);
    camera.position.fromArray(direction).setLength(distance).add(middle);
    camera.far = distance * 20;
    camera.updateProjectionMatrix();
    controls.update();
    if (floor !== null) scene.remove(floor);
    floor?.dispose();
    const { squares, step } = floorUnder(bounds);
    floor = new GridHelper(squares * step, squares, colourOf("--grid"), colourOf("--grid"));
    floor.position.set(middle.x, bounds.min[1], middle.z);
    scene.add(floor);
    render();
  }

  function resize(): void {
    const { clientWidth: width, clientHeight: height } = host;
    if (width === 0 || height === 0) return;
    renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    renderer.setSize(width, height, false);
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
    if (lastLook !== null && !touched) look(...lastLook);
    else render();
  }

  controls.addEventListener("start", () => touched = true);
  controls.addEventListener("change", render);
  new ResizeObserver(resize).observe(host);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (lastLook !== null && !touched) look(...lastLook); // the floor has the colours of the scheme
    draw(...last);
  });
  resize();
  return { kind: "webgl", draw, look, camera: () => camera.position.toArray() };
}
