import { crc32, deflateSync } from 'node:zlib';
import type { ModelMedia } from '../../schemas/model-chat.ts';

const side = 64;

/** A picture of one colour. Pure. @param colour - red, green and blue, 0 to 255 @source W3C PNG (Third Edition) */
export function plainPicture(colour: readonly [number, number, number]): ModelMedia {
  const row = Buffer.from([0, ...Array.from({ length: side }, () => colour).flat()]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // Eight bits each, red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const png = Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
  return { mime: 'image/png', data: png.toString('base64') };
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

const rate = 16_000;

/** Three tones of 440 Hz with silence between them, two seconds in all: 16 kHz, 16 bits, mono. Pure. */
export function threeTones(): ModelMedia {
  const samples = Buffer.alloc(rate * 2 * 2);
  for (let at = 0; at < rate * 2; at += 1) {
    const [second, third] = [at / rate, (at / rate) % 0.65];
    const sounds = third < 0.3 && second < 1.9;
    samples.writeInt16LE(sounds ? Math.round(12_000 * Math.sin(2 * Math.PI * 440 * second)) : 0, at * 2);
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return { mime: 'audio/wav', data: Buffer.concat([header, samples]).toString('base64') };
}
