/** GLSL ES 3.00 of the live image: pixel values → window, gamma, colour table. */

/** How the pixels of an image lie on the GPU. */
export type TextureKind =
  /** One unsigned integer per pixel, 8 or 16 bits, as the camera delivered it. */
  | 'mono'
  /** As `mono`, but with a Bayer mosaic over it. */
  | 'bayer'
  /** One real number per pixel, of a file; NaN is shown as black. */
  | 'real'
  /** Three unsigned 8-bit integers per pixel. */
  | 'rgb'
  /** A decoded JPEG: four bytes per pixel, of which for grey the first, for colour the first three count. */
  | 'grey32'
  | 'rgb32'
  | 'bgr32'

/** What a fragment shader does; each combination is compiled for itself, so that none pays for what it does not do. */
export type ShaderVariant = {
  readonly kind: TextureKind
  /** Each canvas pixel averages this many points per axis of the image part it covers; 1 shows the nearest pixel. */
  readonly taps: number
  /** Through the colour table; otherwise values are shown as grey. */
  readonly table: boolean
  readonly gamma: boolean
  readonly markSaturated: boolean
}

/** Whether images of `kind` have three values per pixel. */
export function isColour(kind: TextureKind): boolean {
  return kind !== 'mono' && kind !== 'real' && kind !== 'grey32'
}

/** Whether images of `kind` hold the values that were measured, and not those of a decoded JPEG. */
export function holdsPixelValues(kind: TextureKind): boolean {
  return kind === 'mono' || kind === 'bayer' || kind === 'rgb' || kind === 'real'
}

/** From so many points per axis on, the 2 x 2 pixels around each of them tell its colour well enough. */
const blockTaps = 3

/** A rectangle of the canvas (`box`: left, bottom, right, top in clip space) with its part of the texture. */
export const vertexShader = `#version 300 es
uniform vec4 box;
uniform vec4 part;
out highp vec2 at;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = vec4(mix(box.xy, box.zw, corner), 0.0, 1.0);
  at = mix(part.xy, part.zw, corner);
}`

/** The fragment shader of one variant. */
export function fragmentShader({ kind, taps, table, gamma, markSaturated }: ShaderVariant): string {
  const colour = isColour(kind)
  const integer = holdsPixelValues(kind) && kind !== 'real'
  const value = colour ? 'vec3' : 'float'
  const texel = `return ${value}(texture(image, at).${colour ? (kind === 'bgr32' ? 'bgr' : 'rgb') : 'r'})${holdsPixelValues(kind) ? '' : ' * 255.0'};`
  const fetch = kind !== 'bayer' ? texel : taps < blockTaps ? interpolationCode : blockCode
  return `#version 300 es
precision highp float;
precision highp int;
uniform highp ${integer ? 'usampler2D' : 'sampler2D'} image;
uniform mediump sampler2D lut;
uniform vec2 footprint; // size of a canvas pixel in texture coordinates
uniform float low;
uniform float scale;    // 1 / (high - low)
uniform vec3 gains;     // of red, green and blue
uniform float exponent; // 1 / gamma
uniform float saturated;
uniform ivec2 red;      // where the red pixel lies in a Bayer pattern
in vec2 at;
out vec4 colour;

${kind === 'bayer' ? 'float pixel(int x, int y) { return float(texelFetch(image, ivec2(x, y), 0).r); }\n' : ''}
${value} fetch(vec2 at) {
  ${fetch}
}

void main() {
${taps === 1 ? `  ${value} value = fetch(at);\n  ${value} peak = value;` : averageCode(value, taps, markSaturated)}
  ${value} t = ${kind === 'real' ? 'value > low ? min((value - low) * scale, 1.0) : 0.0' : `clamp((value - low) * scale${colour ? ' * gains' : ''}, 0.0, 1.0)`};
  ${gamma ? `t = pow(t, ${value}(exponent));` : ''}
  colour = vec4(${table ? tableCode(colour) : colour ? 't' : 't, t, t'}, 1.0);
  ${markSaturated ? `if (${colour ? 'max(peak.r, max(peak.g, peak.b))' : 'peak'} >= saturated) colour = vec4(1.0, 0.0, 0.0, 1.0);` : ''}
}`
}

/** Bilinear, as `debayeredPixel` in src-shared/kernels/debayer.ts: mirrored beyond the edges. */
const interpolationCode = `ivec2 last = textureSize(image, 0) - 1;
  ivec2 p = clamp(ivec2(at * vec2(last + 1)), ivec2(0), last);
  ivec2 a = min(abs(p - 1), last);
  ivec2 b = max(last - abs(last - p - 1), ivec2(0));
  float own = pixel(p.x, p.y);
  float across = pixel(a.x, p.y) + pixel(b.x, p.y);
  float along = pixel(p.x, a.y) + pixel(p.x, b.y);
  float corners = pixel(a.x, a.y) + pixel(b.x, a.y) + pixel(a.x, b.y) + pixel(b.x, b.y);
  bvec2 isRed = equal(p & 1, red);
  if (isRed.x != isRed.y)
    return isRed.y ? vec3(0.5 * across, own, 0.5 * along) : vec3(0.5 * along, own, 0.5 * across);
  float green = 0.25 * (across + along);
  return isRed.y ? vec3(own, green, 0.25 * corners) : vec3(0.25 * corners, green, own);`

/** The pattern's 2 x 2 pixels that the point lies in: four look-ups instead of nine. */
const blockCode = `ivec2 last = textureSize(image, 0) - 1;
  ivec2 p = clamp(ivec2(at * vec2(last + 1)), ivec2(0), last) & ~1;
  ivec2 r = min(p + red, last);
  ivec2 b = min(p + 1 - red, last);
  return vec3(pixel(r.x, r.y), 0.5 * (pixel(b.x, r.y) + pixel(r.x, b.y)), pixel(b.x, b.y));`

/** The table's colour at `t`; each channel of colour images goes through the table by itself. */
function tableCode(colour: boolean): string {
  const lookUp = (t: string) => `texture(lut, vec2(${t} * (255.0 / 256.0) + 0.5 / 256.0, 0.5))`
  return colour ? `${lookUp('t.r')}.r, ${lookUp('t.g')}.g, ${lookUp('t.b')}.b` : `${lookUp('t')}.rgb`
}

/** Unrolled: loops cost software renderers more than the texture look-ups. */
function averageCode(value: string, taps: number, withPeak: boolean): string {
  const lines = [`  ${value} value = ${value}(0.0);`, `  ${value} peak = value;`, `  ${value} v;`]
  for (let y = 0; y < taps; y++) {
    for (let x = 0; x < taps; x++) {
      const offset = [x, y].map((index) => ((index + 0.5) / taps - 0.5).toFixed(6)).join(', ')
      lines.push(
        `  v = fetch(at + footprint * vec2(${offset})); value += v;${withPeak ? ' peak = max(peak, v);' : ''}`,
      )
    }
  }
  return [...lines, `  value *= ${(1 / taps ** 2).toFixed(8)};`].join('\n')
}
