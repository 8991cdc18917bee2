/**
 * The four cameras of Human3.6M: where they stood for each subject. Facts of the data set, as `common/h36m_dataset.py` of
 * VideoPose3D lists them; a test holds them against a second listing of the data set's own `metadata.xml`.
 *
 * @module
 */

import { asArray, asNumber, asObject, at, type Place, refuse } from "../fields.ts";

/** Where a camera stands. */
export interface WorldCamera {
  /** Its name: the serial number in Human3.6M. */
  readonly id: string;
  /** Unit quaternion w, x, y, z that turns camera axes into world axes. */
  readonly orientation: readonly [w: number, x: number, y: number, z: number];
  /** Its place in the world, metres. */
  readonly position: readonly [x: number, y: number, z: number];
}

/** Cameras by subject. */
export type CameraTable = Readonly<Record<string, readonly WorldCamera[]>>;

/** Serial numbers, in the order in which VideoPose3D numbers the cameras from 0. */
export const H36M_CAMERA_IDS: readonly string[] = Object.freeze(["54138969", "55011271", "58860488", "60457274"]);

/** Orientation (w, x, y, z) and position (mm) of each camera. */
// deno-fmt-ignore
const PLACES: Readonly<Record<string, readonly (readonly number[])[]>> = {
  S1: [
    [0.1407056450843811, -0.1500701755285263, -0.755240797996521, 0.6223280429840088, 1841.1070556640625, 4955.28466796875, 1563.4454345703125],
    [0.6157187819480896, -0.764836311340332, -0.14833825826644897, 0.11794740706682205, 1761.278564453125, -5078.0068359375, 1606.2650146484375],
    [0.14651472866535187, -0.14647851884365082, 0.7653023600578308, -0.6094175577163696, -1846.7777099609375, 5215.04638671875, 1491.972412109375],
    [0.5834008455276489, -0.7853162288665771, 0.14548823237419128, -0.14749594032764435, -1794.7896728515625, -3722.698974609375, 1574.8927001953125],
  ],
  S5: [
    [0.1467377245426178, -0.162370964884758, -0.7551892995834351, 0.6178938746452332, 2097.3916015625, 4880.94482421875, 1605.732421875],
    [0.6159758567810059, -0.7626792192459106, -0.15728192031383514, 0.1189815029501915, 2031.7008056640625, -5167.93310546875, 1612.923095703125],
    [0.14291371405124664, -0.12907841801643372, 0.7678384780883789, -0.6110143065452576, -1620.5948486328125, 5171.65869140625, 1496.43701171875],
    [0.5920479893684387, -0.7814217805862427, 0.1274748593568802, -0.15036417543888092, -1637.1737060546875, -3867.3173828125, 1547.033203125],
  ],
  S6: [
    [0.1337897777557373, -0.15692396461963654, -0.7571090459823608, 0.6198879480361938, 1935.4517822265625, 4950.24560546875, 1618.0838623046875],
    [0.6147197484970093, -0.7628812789916992, -0.16174767911434174, 0.11819244921207428, 1969.803955078125, -5128.73876953125, 1632.77880859375],
    [0.1529948115348816, -0.13529130816459656, 0.7646096348762512, -0.6112781167030334, -1769.596435546875, 5185.361328125, 1476.993408203125],
    [0.5916101336479187, -0.7804774045944214, 0.12832270562648773, -0.1561593860387802, -1721.668701171875, -3884.13134765625, 1540.4879150390625],
  ],
  S7: [
    [0.1435241848230362, -0.1631336808204651, -0.7548328638076782, 0.6188824772834778, 1974.512939453125, 4926.3544921875, 1597.8326416015625],
    [0.6141672730445862, -0.7638262510299683, -0.1596645563840866, 0.1177929937839508, 1937.0584716796875, -5119.7900390625, 1631.5665283203125],
    [0.14550060033798218, -0.12874816358089447, 0.7660516500473022, -0.6127139329910278, -1741.8111572265625, 5208.24951171875, 1464.8245849609375],
    [0.5912848114967346, -0.7821764349937439, 0.12445473670959473, -0.15196487307548523, -1734.7105712890625, -3832.42138671875, 1548.5830078125],
  ],
  S8: [
    [0.14110587537288666, -0.15589867532253265, -0.7561917304992676, 0.619644045829773, 2150.65185546875, 4896.1611328125, 1611.9046630859375],
    [0.6169601678848267, -0.7647668123245239, -0.14846350252628326, 0.11158157885074615, 2219.965576171875, -5148.453125, 1613.0440673828125],
    [0.1471444070339203, -0.13377119600772858, 0.7670128345489502, -0.6100369691848755, -1571.2215576171875, 5137.0185546875, 1498.1761474609375],
    [0.5927824378013611, -0.7825870513916016, 0.12147816270589828, -0.14631995558738708, -1476.913330078125, -3896.7412109375, 1547.97216796875],
  ],
  S9: [
    [0.15540587902069092, -0.15548215806484222, -0.7532095313072205, 0.6199594736099243, 2044.45849609375, 4935.1171875, 1481.2275390625],
    [0.618784487247467, -0.7634735107421875, -0.14132238924503326, 0.11933968216180801, 1990.959716796875, -5123.810546875, 1568.8048095703125],
    [0.13357827067375183, -0.1367100477218628, 0.7689454555511475, -0.6100738644599915, -1670.9921875, 5211.98583984375, 1528.387939453125],
    [0.5879399180412292, -0.7823407053947449, 0.1427614390850067, -0.14794869720935822, -1696.04345703125, -3827.099853515625, 1591.4127197265625],
  ],
  S11: [
    [0.15232472121715546, -0.15442320704460144, -0.7547563314437866, 0.6191070079803467, 2098.440185546875, 4926.5546875, 1500.278564453125],
    [0.6189449429512024, -0.7600917220115662, -0.15300633013248444, 0.1255258321762085, 2083.182373046875, -4912.1728515625, 1561.07861328125],
    [0.14943228662014008, -0.15650227665901184, 0.7681233882904053, -0.6026304364204407, -1609.8153076171875, 5177.3359375, 1537.896728515625],
    [0.5894251465797424, -0.7818877100944519, 0.13991211354732513, -0.14715361595153809, -1590.738037109375, -3854.1689453125, 1578.017578125],
  ],
};

function cameraOf(id: string, [w, x, y, z, px, py, pz]: readonly number[]): WorldCamera {
  return Object.freeze({
    id,
    orientation: Object.freeze([w!, x!, y!, z!] as const),
    position: Object.freeze([px! / 1000, py! / 1000, pz! / 1000] as const),
  });
}

/** The cameras of the seven subjects that have public poses. */
export const H36M_CAMERAS: CameraTable = Object.freeze(Object.fromEntries(
  Object.entries(PLACES).map(([subject, rows]) => [subject, rows.map((row, i) => cameraOf(H36M_CAMERA_IDS[i]!, row))]),
));

/** A quaternion may differ from length 1 by this much: it is printed with single precision or better. */
const UNIT_TOLERANCE = 1e-3;

/**
 * Reads cameras from JSON: `{"S9": [{"id": "54138969", "orientation": [w, x, y, z], "position": [x, y, z]}, ...], ...}`,
 * orientation from camera to world, position in metres.
 *
 * @param json The parsed file.
 * @param place The file, for messages.
 * @throws {InputError} If a field is missing, is no number, repeats an id, or a quaternion has not length 1.
 */
export function readCameras(json: unknown, place: Place): CameraTable {
  const numbers = (value: unknown, where: Place, length: number): number[] =>
    asArray(value, where, length).map((entry, i) => asNumber(entry, at(where, i)));
  const entries = Object.entries(asObject(json, place)).map(([subject, list]): [string, WorldCamera[]] => {
    const seen = new Set<string>();
    return [
      subject,
      asArray(list, at(place, subject)).map((item, i) => {
        const where = at(at(place, subject), i);
        const { id, orientation, position } = asObject(item, where);
        if (typeof id !== "string" || id === "" || seen.has(id)) {
          refuse(at(where, "id"), "must be a text that no other camera of the subject has", id);
        }
        seen.add(id);
        const turn = numbers(orientation, at(where, "orientation"), 4);
        const length = Math.hypot(...turn);
        if (Math.abs(length - 1) > UNIT_TOLERANCE) refuse(at(where, "orientation"), "must have length 1", length);
        return cameraOf(id, [...turn, ...numbers(position, at(where, "position"), 3).map((value) => value * 1000)]);
      }),
    ];
  });
  if (entries.length === 0) refuse(place, "must hold the cameras of at least one subject", "{}");
  return Object.fromEntries(entries);
}

/**
 * World points in the axes of a camera: x right, y down, z forward.
 *
 * @param points `[points, 3]`, metres.
 * @param camera Where the camera stands.
 * @returns `[points, 3]`, metres from the camera.
 */
export function toCamera(points: ArrayLike<number>, camera: WorldCamera): Float64Array {
  const [w, x, y, z] = camera.orientation;
  // Rows of the inverse rotation: from world to camera.
  // deno-fmt-ignore
  const r = [
    1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y),
    2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x),
    2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y),
  ];
  const [px, py, pz] = camera.position;
  const out = new Float64Array(points.length);
  for (let i = 0; i < out.length; i += 3) {
    const [dx, dy, dz] = [points[i]! - px, points[i + 1]! - py, points[i + 2]! - pz];
    for (let c = 0; c < 3; c++) out[i + c] = r[3 * c]! * dx + r[3 * c + 1]! * dy + r[3 * c + 2]! * dz;
  }
  return out;
}
