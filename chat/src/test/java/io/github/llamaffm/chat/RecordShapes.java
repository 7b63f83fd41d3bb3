package io.github.llamaffm.chat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Types that answers may have, one of each kind. */
final class RecordShapes {

    record OfString(String value) {}

    record OfIntPrimitive(int value) {}

    record OfLongPrimitive(long value) {}

    record OfShortPrimitive(short value) {}

    record OfBytePrimitive(byte value) {}

    record OfDoublePrimitive(double value) {}

    record OfFloatPrimitive(float value) {}

    record OfBooleanPrimitive(boolean value) {}

    record OfCharPrimitive(char value) {}

    record OfInteger(Integer value) {}

    record OfDouble(Double value) {}

    record OfBigDecimal(BigDecimal value) {}

    record OfBigInteger(BigInteger value) {}

    record OfUUID(UUID value) {}

    record OfLocalDate(LocalDate value) {}

    record OfLocalTime(LocalTime value) {}

    record OfLocalDateTime(LocalDateTime value) {}

    record OfOffsetDateTime(OffsetDateTime value) {}

    record OfInstant(Instant value) {}

    record OfDuration(Duration value) {}
    record Empty() {}

    record Two(int a, boolean b) {}

    record Mixed(String text, int number, double fraction, boolean flag, Color color) {}

    enum Color { RED, GREEN, BLUE }

    enum Single { ONE }

    record OfEnum(Color color) {}

    record OfSingle(Single one) {}

    record Nested(Two inner) {}

    record Deep(Nested nested, Two two) {}

    record Deeper(Deep deep, Color color) {}

    record OptionalText(Optional<String> text) {}

    record OptionalNumber(OptionalInt number) {}

    record OptionalLongs(OptionalLong number, OptionalDouble fraction) {}

    record OptionalRecord(Optional<Two> two) {}

    record RequiredAndOptional(int a, Optional<Integer> b, boolean c, Optional<Color> d) {}

    record ManyOptional(Optional<Integer> a, Optional<Integer> b, Optional<Integer> c, Optional<Integer> d, Optional<Integer> e) {}

    record OptionalList(Optional<List<Integer>> list) {}

    record Texts(List<String> list) {}

    record Numbers(List<Integer> list) {}

    record Colors(List<Color> list) {}

    record Twos(List<Two> list) {}

    record Matrix(List<List<Integer>> rows) {}

    record IntArray(int[] array) {}

    record RecordArray(Two[] array) {}

    record DoubleArrays(double[][] arrays) {}

    record ASet(Set<Color> set) {}

    record ACollection(Collection<Boolean> flags) {}

    record AMap(Map<String, Integer> map) {}

    record MapOfRecords(Map<String, Two> map) {}

    record MapOfLists(Map<String, List<Color>> map) {}

    record Percent(@Range(min = 0, max = 100) int value) {}

    record AtLeast(@Range(min = 100) int value) {}

    record AtMost(@Range(max = -7) long value) {}

    record Around(@Range(min = -105, max = 1010) short value) {}

    record Lengths(@Range(min = 1, max = 8) String text) {}

    record AtLeastLong(@Range(min = 3) String text) {}

    record Sizes(@Range(min = 2, max = 4) List<Boolean> list) {}

    record SizeOfArray(@Range(min = 1, max = 3) int[] array) {}

    record OptionalRange(@Range(min = 1, max = 5) Optional<Integer> stars) {}

    record Code(@Pattern("^[A-Z]{2}-[0-9]{4}$") String code) {}

    record Phone(@Pattern("^\\+?[0-9]{1,3}( [0-9]{2,4}){1,4}$") String phone) {}

    record Email(@Pattern("^[a-z0-9._]+@[a-z0-9-]+\\.(?:com|org|net)$") String email) {}

    @Description("A thing with a meaning")
    record Described(@Description("how many, with \"quotes\" and <|im_end|>") int count, @Description("its colour") Color color) {}

    sealed interface Figure permits Circle, Square, Polygon {}

    record Circle(double radius) implements Figure {}

    record Square(int side) implements Figure {}

    record Polygon(List<Integer> sides) implements Figure {}

    record OfFigure(Figure figure) {}

    record Figures(List<Figure> figures) {}

    sealed interface Event {}

    sealed interface Move extends Event permits Step, Jump {}

    record Step(int steps) implements Move {}

    record Jump(boolean high) implements Move {}

    record Stop() implements Event {}

    record Chain(int value, Optional<Chain> next) {}

    record Tree(boolean leaf, Optional<Tree> left, Optional<Tree> right) {}

    sealed interface Formula permits Constant, Negation {}

    record Constant(int value) implements Formula {}

    record Negation(Formula inner) implements Formula {}

    record Person(String firstName, LocalDate born, Optional<String> note) {}

    record Line(@Range(max = 20) String item, @Range(min = 1, max = 99) int quantity) {}

    record Invoice(@Range(max = 20) String customer, List<Line> lines, BigDecimal total) {}

    record Times(LocalDate day, LocalTime time, Duration length) {}

    record Unicode(int größe, boolean été) {}

    record Underscored(int date_time, boolean integral_part, double decimal_part, OffsetDateTime when) {}

    record Reserved(int string, boolean number, Color object, char array, boolean root, double space) {}

    record Pair<A, B>(A first, B second) {}

    record Wide(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l) {}

    private RecordShapes() {}

    static List<SchemaCase> all() {
        List<SchemaCase> cases = new ArrayList<>();
        Stream.of(
                        OfString.class, OfIntPrimitive.class, OfLongPrimitive.class, OfShortPrimitive.class, OfBytePrimitive.class,
                        OfDoublePrimitive.class, OfFloatPrimitive.class, OfBooleanPrimitive.class, OfCharPrimitive.class, OfInteger.class,
                        OfDouble.class, OfBigDecimal.class, OfBigInteger.class, OfUUID.class, OfLocalDate.class,
                        OfLocalTime.class, OfLocalDateTime.class, OfOffsetDateTime.class, OfInstant.class, OfDuration.class,
                        OfEnum.class, OfSingle.class, Empty.class, Two.class, Mixed.class,
                        Color.class, Single.class, Nested.class, Deep.class, Deeper.class,
                        OptionalText.class, OptionalNumber.class, OptionalLongs.class, OptionalRecord.class, RequiredAndOptional.class,
                        ManyOptional.class, OptionalList.class, Texts.class, Numbers.class, Colors.class,
                        Twos.class, Matrix.class, IntArray.class, RecordArray.class, DoubleArrays.class,
                        ASet.class, ACollection.class, AMap.class, MapOfRecords.class, MapOfLists.class,
                        Percent.class, AtLeast.class, AtMost.class, Around.class, Lengths.class,
                        AtLeastLong.class, Sizes.class, SizeOfArray.class, OptionalRange.class, Code.class,
                        Phone.class, Email.class, Described.class, Figure.class, OfFigure.class,
                        Figures.class, Event.class, Chain.class, Tree.class, Formula.class,
                        Person.class, Line.class, Invoice.class, Times.class, Unicode.class,
                        Underscored.class, Reserved.class, Wide.class)
                .map(SchemaCase::of)
                .forEach(cases::add);
        cases.add(SchemaCase.of("List<Two>", new TypeRef<List<Two>>() {}));
        cases.add(SchemaCase.of("Map<String, Boolean>", new TypeRef<Map<String, Boolean>>() {}));
        cases.add(SchemaCase.of("Pair<Integer, List<Color>>", new TypeRef<Pair<Integer, List<Color>>>() {}));
        cases.add(SchemaCase.of("Set<Integer>", new TypeRef<Set<Integer>>() {}));
        cases.add(SchemaCase.of(int.class));
        cases.add(SchemaCase.of(String.class));
        cases.add(SchemaCase.of(boolean.class));
        return cases;
    }
}
