package io.github.llamaffm.hostile;

import io.github.llamaffm.hostile.GgufParts.Entry;
import io.github.llamaffm.hostile.GgufParts.Info;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A change of a GGUF file that keeps all that is not changed. Each says what it did, shortly. */
enum GgufMutation {
    COUNTS {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            long more = random.nextBoolean() ? random.nextInt(-3, 4) : Extreme.integer(file.entries.size(), random);
            switch (random.nextInt(3)) {
                case 0 -> file.moreEntries = more;
                case 1 -> file.moreTensors = more;
                default -> file.version = (int) Extreme.integer(3, random);
            }
            return "entries %+d, tensors %+d, version %d".formatted(file.moreEntries, file.moreTensors, file.version);
        }
    },
    KEY_REMOVED {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            return file.entries.isEmpty() ? "none" : file.entries.remove(random.nextInt(file.entries.size())).key();
        }
    },
    KEY_TWICE {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            Entry entry = any(file, random);
            byte[] value = GgufParts.isNumber(entry) ? number(entry, random) : entry.value();
            file.entries.add(random.nextInt(file.entries.size() + 1), new Entry(entry.key(), entry.type(), value));
            return entry.key();
        }
    },
    /** The value stays as far as the new type can hold it. */
    TYPE {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            int at = random.nextInt(file.entries.size());
            Entry entry = file.entries.get(at);
            int type = random.nextInt(14);
            Entry changed;
            if (type == GgufParts.TEXT) {
                changed = GgufParts.ofText(entry.key(), "text");
            } else if (type == GgufParts.ARRAY) {
                changed = list(entry.key(), random.nextInt(13), random.nextInt(9), random);
            } else if (type < 13 && GgufParts.isNumber(entry)) {
                changed = new Entry(entry.key(), type, GgufParts.number(type, value(entry)));
            } else {
                changed = new Entry(entry.key(), type, entry.value());
            }
            file.entries.set(at, changed);
            return "%s: type %d, was %d".formatted(entry.key(), type, entry.type());
        }
    },
    NUMBER {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            String prefix = file.architecture() + ".";
            int[] own = file.where(entry -> GgufParts.isNumber(entry) && entry.key().startsWith(prefix));
            int[] all = own.length > 0 && random.nextInt(8) > 0 ? own : file.where(GgufParts::isNumber);
            if (all.length == 0) {
                return "none";
            }
            int at = all[random.nextInt(all.length)];
            Entry entry = file.entries.get(at);
            Entry changed = new Entry(entry.key(), entry.type(), number(entry, random));
            file.entries.set(at, changed);
            return "%s: %s, was %s".formatted(entry.key(), value(changed), value(entry));
        }
    },
    /** One number for all layers becomes one for each, or the other way round. */
    PER_LAYER {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            String prefix = file.architecture() + ".";
            int[] all = file.where(entry -> entry.key().startsWith(prefix) && (GgufParts.isNumber(entry) || entry.type() == GgufParts.ARRAY));
            if (all.length == 0) {
                return "none";
            }
            int at = all[random.nextInt(all.length)];
            Entry entry = file.entries.get(at);
            if (entry.type() == GgufParts.ARRAY && random.nextBoolean()) {
                file.entries.set(at, new Entry(entry.key(), GgufParts.U32, GgufParts.int32(random.nextInt(5))));
                return entry.key() + ": one number";
            }
            int type = entry.type() == GgufParts.ARRAY ? random.nextInt(13) : entry.type();
            int count = random.nextInt(4) == 0 ? random.nextInt(600) : random.nextInt(6);
            double was = entry.type() == GgufParts.ARRAY ? 4 : value(entry);
            ByteBuffer out = ByteBuffer.allocate(12 + 8 * count).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(type).putLong(count);
            for (int i = 0; i < count && GgufParts.size(type) > 0; i++) {
                out.put(GgufParts.number(type, random.nextInt(3) > 0 ? was : Extreme.integer((long) was, random)));
            }
            file.entries.set(at, new Entry(entry.key(), GgufParts.ARRAY, Arrays.copyOf(out.array(), out.position())));
            return "%s: %d of type %d".formatted(entry.key(), count, type);
        }
    },
    /** A key that llama.cpp knows and the file did not have. */
    KEY_ADDED {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            String key = keys.any(random).replace("%s", file.architecture()).replace("%d", "0");
            Entry entry = switch (random.nextInt(6)) {
                case 0 -> new Entry(key, GgufParts.F32, GgufParts.number(GgufParts.F32, Extreme.number(1, random)));
                case 1 -> new Entry(key, GgufParts.BOOL, new byte[] {(byte) random.nextInt(3)});
                case 2 -> GgufParts.ofText(key, random.nextBoolean() ? "yarn" : "");
                case 3 -> list(key, random.nextBoolean() ? GgufParts.U32 : random.nextInt(13), random.nextInt(5), random);
                default -> new Entry(key, GgufParts.U32, GgufParts.number(GgufParts.U32, Extreme.integer(2, random)));
            };
            file.entries.removeIf(old -> old.key().equals(key));
            file.entries.add(entry);
            return key + " of type " + entry.type() + (GgufParts.isNumber(entry) ? ": " + value(entry) : "");
        }
    },
    ARCHITECTURE {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            String from = file.architecture();
            String to = keys.architecture(random);
            file.entries.replaceAll(entry -> entry.key().equals("general.architecture") ? GgufParts.ofText(entry.key(), to)
                    : entry.key().startsWith(from + ".") ? new Entry(to + entry.key().substring(from.length()), entry.type(), entry.value())
                    : entry);
            return from + " as " + to;
        }
    },
    TOKENIZER {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            return TokenizerMutation.apply(file, random, keys);
        }
    },
    LENGTH {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            int[] all = file.where(entry -> entry.value().length >= 12 && !GgufParts.isNumber(entry));
            if (all.length == 0) {
                return "none";
            }
            int at = all[random.nextInt(all.length)];
            Entry entry = file.entries.get(at);
            byte[] value = entry.value().clone();
            int position = entry.type() == GgufParts.ARRAY ? 4 : 0;
            ByteBuffer buffer = GgufParts.littleEndian(value);
            long length = Extreme.integer(buffer.getLong(position), random);
            buffer.putLong(position, length);
            file.entries.set(at, new Entry(entry.key(), entry.type(), value));
            return "%s: length %d".formatted(entry.key(), length);
        }
    },
    SHAPE {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            return change(file, random, tensor -> {
                long[] shape = tensor.shape().clone();
                if (shape.length == 0) {
                    return tensor;
                }
                switch (random.nextInt(5)) {
                    case 0 -> shape = Arrays.copyOf(shape, random.nextInt(6));
                    case 1 -> {
                        int other = random.nextInt(shape.length);
                        long first = shape[0];
                        shape[0] = shape[other];
                        shape[other] = first;
                    }
                    default -> {
                        int at = random.nextInt(shape.length);
                        shape[at] = Extreme.integer(shape[at], random);
                    }
                }
                return new Info(tensor.name(), shape, tensor.type(), tensor.offset());
            });
        }
    },
    TENSOR_TYPE {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            return change(file, random, tensor -> new Info(tensor.name(), tensor.shape(),
                    random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(45), tensor.offset()));
        }
    },
    /** Of all matrices at once, with data of that size. */
    ALL_TYPES {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            int[] types = {1, 2, 3, 6, 7, 8, 10, 12, 14, 30};
            int type = types[random.nextInt(types.length)];
            file.tensors.replaceAll(tensor -> tensor.shape().length < 2 || tensor.shape()[0] % 256 != 0 ? tensor
                    : new Info(tensor.name(), tensor.shape(), type, tensor.offset()));
            long end = 0;
            for (int i = 0; i < file.tensors.size(); i++) {
                Info tensor = file.tensors.get(i);
                file.tensors.set(i, new Info(tensor.name(), tensor.shape(), tensor.type(), end));
                end += bytes(tensor) + 31 & -32;
            }
            file.data = Arrays.copyOf(file.data, (int) Math.min(end, 64 << 20));
            return "type " + type;
        }
    },
    OFFSET {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            return change(file, random, tensor -> new Info(tensor.name(), tensor.shape(), tensor.type(),
                    random.nextInt(3) == 0 ? any(file.tensors, random).offset() : Extreme.integer(tensor.offset(), random)));
        }
    },
    TENSORS_SWAPPED {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            if (file.tensors.isEmpty()) {
                return "none";
            }
            int first = random.nextInt(file.tensors.size());
            int second = random.nextInt(file.tensors.size());
            Info a = file.tensors.get(first);
            Info b = file.tensors.get(second);
            file.tensors.set(first, new Info(b.name(), a.shape(), a.type(), a.offset()));
            file.tensors.set(second, new Info(a.name(), b.shape(), b.type(), b.offset()));
            return a.name() + " and " + b.name();
        }
    },
    TENSOR_REMOVED {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            return file.tensors.isEmpty() ? "none" : file.tensors.remove(random.nextInt(file.tensors.size())).name();
        }
    },
    TENSOR_RENAMED {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            String other = keys.tensor(random).replace("%d", String.valueOf(random.nextInt(3))) + (random.nextBoolean() ? ".weight" : ".bias");
            return change(file, random, tensor -> new Info(random.nextInt(3) == 0 ? "x".repeat(random.nextInt(200)) : other,
                    tensor.shape(), tensor.type(), tensor.offset()));
        }
    },
    /** Beside those that are there, with the bytes of one of them. */
    TENSOR_ADDED {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            if (file.tensors.isEmpty()) {
                return "none";
            }
            String name = keys.tensor(random).replace("%d", String.valueOf(random.nextInt(3))) + (random.nextBoolean() ? ".weight" : ".bias");
            Info like = any(file.tensors, random);
            file.tensors.add(new Info(random.nextInt(6) == 0 ? like.name() : name, like.shape(), like.type(), like.offset()));
            return file.tensors.getLast().name() + " as " + like.name();
        }
    },
    WEIGHTS {
        @Override
        String apply(GgufParts file, Random random, Keys keys) {
            if (file.tensors.isEmpty()) {
                return "none";
            }
            Info tensor = any(file.tensors, random);
            float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, 3e38f, 1e-44f, -1, Float.intBitsToFloat(random.nextInt())};
            float value = values[random.nextInt(values.length)];
            boolean everyOne = random.nextBoolean();
            byte[] changed = file.data.clone();
            ByteBuffer buffer = GgufParts.littleEndian(changed);
            long end = Math.min(changed.length - 3L, tensor.offset() + bytes(tensor));
            for (int at = (int) tensor.offset(); at < end; at += everyOne ? 4 : 4 * (1 + random.nextInt(64))) {
                buffer.putFloat(at, value);
            }
            file.data = changed;
            return "%s: %s".formatted(tensor.name(), value);
        }
    };

    /** @return what was changed */
    abstract String apply(GgufParts file, Random random, Keys keys);

    interface Change {
        Info of(Info tensor);
    }

    static String change(GgufParts file, Random random, Change change) {
        if (file.tensors.isEmpty()) {
            return "none";
        }
        int at = random.nextInt(file.tensors.size());
        Info was = file.tensors.get(at);
        Info now = change.of(was);
        file.tensors.set(at, now);
        return "%s %s type %d at %d, was %s %s type %d at %d".formatted(now.name(), Arrays.toString(now.shape()), now.type(), now.offset(),
                was.name(), Arrays.toString(was.shape()), was.type(), was.offset());
    }

    static <T> T any(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    static Entry any(GgufParts file, Random random) {
        return any(file.entries, random);
    }

    static Entry list(String key, int type, int count, Random random) {
        if (type == GgufParts.TEXT) {
            return GgufParts.ofTexts(key, IntStream.range(0, count).mapToObj(i -> ("t" + i).getBytes()).toList());
        }
        ByteBuffer out = ByteBuffer.allocate(12 + 8 * count).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(type).putLong(count);
        for (int i = 0; i < count && GgufParts.size(type) > 0; i++) {
            out.put(GgufParts.number(type, Extreme.integer(2, random)));
        }
        return new Entry(key, GgufParts.ARRAY, Arrays.copyOf(out.array(), out.position()));
    }

    static byte[] number(Entry entry, Random random) {
        boolean floating = entry.type() == GgufParts.F32 || entry.type() == 12;
        return GgufParts.number(entry.type(), floating ? Extreme.number(value(entry), random) : Extreme.integer((long) value(entry), random));
    }

    static double value(Entry entry) {
        ByteBuffer in = GgufParts.littleEndian(Arrays.copyOf(entry.value(), 8));
        return switch (entry.type()) {
            case GgufParts.F32 -> in.getFloat();
            case 12 -> in.getDouble();
            case GgufParts.I32 -> in.getInt();
            default -> in.getLong();
        };
    }

    /** Roughly, where the type is one of blocks. */
    static long bytes(Info tensor) {
        long elements = Arrays.stream(tensor.shape()).reduce(1, (a, b) -> a * b);
        return switch (tensor.type()) {
            case 0, 26 -> 4 * elements;
            case 1, 30, 25 -> 2 * elements;
            case 2 -> elements / 32 * 18;
            case 3 -> elements / 32 * 20;
            case 6 -> elements / 32 * 22;
            case 7 -> elements / 32 * 24;
            case 8 -> elements / 32 * 34;
            case 10 -> elements / 256 * 84;
            case 12 -> elements / 256 * 144;
            case 14 -> elements / 256 * 210;
            default -> elements;
        };
    }
}
