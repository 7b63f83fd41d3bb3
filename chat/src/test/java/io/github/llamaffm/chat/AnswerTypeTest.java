package io.github.llamaffm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AnswerTypeTest {

    @Description("One line")
    record Line(String item, @Description("how many") @Range(min = 1, max = 99) int quantity) {}

    record Invoice(String customer, List<Line> lines, BigDecimal total, Optional<LocalDate> due) {}

    sealed interface Figure permits Circle, Square {}

    record Circle(double radius) implements Figure {}

    record Square(double side) implements Figure {}

    record Node(String name, List<Node> children) {}

    record Pair<A, B>(A first, B second) {}

    record Sizes(@Range(min = 1) Set<Integer> set, Map<String, int[]> map, OptionalInt number, @Pattern("^[a-z]+$") String word) {}

    record Kinds(Object any) {}

    record Box<T>(T content) {}

    record Outer<T>(Box<List<T>> boxes, Map<String, Box<? extends T>> named, T[] row, List<Box<T>>[] rows) {}

    record Tree<T>(T value, List<Tree<T>> children) {}

    record Growing<T>(T value, List<Growing<Pair<T, T>>> next) {}

    @Description("How it is paid")
    enum Payment { CASH, CARD }

    record Bill(Payment payment, @Description("of the tip") Payment tip, List<Payment> others) {}

    record Tagged(String type) implements Named {}

    sealed interface Named permits Tagged {}

    record Bounded(@Range(max = 3) double number) {}

    record Refusing(int positive) {
        Refusing {
            if (positive < 1) {
                throw new IllegalStateException(positive + " is not positive");
            }
        }
    }

    @Test
    void aRecordIsAnObject() {
        AnswerType<Invoice> type = AnswerType.of(Invoice.class);
        assertThat(type.schema()).isEqualTo("""
                {"type":"object","properties":{"customer":{"type":"string"},"lines":{"type":"array","items":{"type":"object",\
                "description":"One line","properties":{"item":{"type":"string"},"quantity":{"type":"integer","format":"int32","minimum":1,\
                "maximum":99,"description":"how many"}},"required":["item","quantity"],"additionalProperties":false}},\
                "total":{"type":"number"},"due":{"type":"string","format":"date"}},"required":["customer","lines","total"],\
                "additionalProperties":false}""");
        assertThat(type.read("{\"customer\":\"A\",\"lines\":[{\"item\":\"pen\",\"quantity\":2}],\"total\":0.10}"))
                .isEqualTo(new Invoice("A", List.of(new Line("pen", 2)), new BigDecimal("0.10"), Optional.empty()));
        assertThat(type.read("{\"customer\":\"A\",\"lines\":[],\"total\":1,\"due\":\"2026-02-28\"}").due()).contains(LocalDate.of(2026, 2, 28));
    }

    @Test
    void aSealedInterfaceHasAPropertyThatSaysWhich() {
        AnswerType<List<Figure>> type = AnswerType.of(new TypeRef<>() {});
        assertThat(type.schema()).contains("{\"anyOf\":[{\"type\":\"object\",\"properties\":{\"type\":{\"const\":\"Circle\"},\"radius\":");
        assertThat(type.read("[{\"type\":\"Square\",\"side\":2},{\"type\":\"Circle\",\"radius\":1.5}]"))
                .containsExactly(new Square(2), new Circle(1.5));
        assertThatIllegalArgumentException().isThrownBy(() -> type.read("[{\"type\":\"Line\"}]")).withMessage("$[0].type is 'Line', which is no Figure");
    }

    @Test
    void aTypeInsideOfItselfIsADefinition() {
        AnswerType<Node> type = AnswerType.of(Node.class);
        assertThat(type.schema()).startsWith("{\"$ref\":\"#/$defs/Node\",\"$defs\":{\"Node\":{\"type\":\"object\"");
        assertThat(type.read("{\"name\":\"a\",\"children\":[{\"name\":\"b\",\"children\":[]}]}"))
                .isEqualTo(new Node("a", List.of(new Node("b", List.of()))));
    }

    @Test
    void typeVariablesHaveTheirArguments() {
        AnswerType<Pair<String, List<Integer>>> type = AnswerType.of(new TypeRef<>() {});
        assertThat(type.read("{\"first\":\"a\",\"second\":[1,2]}")).isEqualTo(new Pair<>("a", List.of(1, 2)));
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerType.of(Pair.class)).withMessageContaining("Pair.first").withMessageContaining("TypeRef");
    }

    @Test
    void typeVariablesHaveTheirArgumentsHoweverDeepTheyAre() {
        AnswerType<Outer<Integer>> type = AnswerType.of(new TypeRef<>() {});
        Outer<Integer> outer = type.read("""
                {"boxes":{"content":[1,2]},"named":{"a":{"content":3}},"row":[4],"rows":[[{"content":5}],[]]}""");
        assertThat(outer.boxes()).isEqualTo(new Box<>(List.of(1, 2)));
        assertThat(outer.named()).isEqualTo(Map.of("a", new Box<>(3)));
        assertThat(outer.row()).isInstanceOf(Integer[].class).containsExactly(4);
        assertThat(outer.rows()).containsExactly(List.of(new Box<>(5)), List.of());
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerType.of(Outer.class)).withMessageContaining("Outer.boxes.content[]").withMessageContaining("TypeRef");
    }

    @Test
    void aGenericTypeInsideOfItselfIsADefinition() {
        AnswerType<Pair<Tree<String>, Tree<Integer>>> type = AnswerType.of(new TypeRef<>() {});
        assertThat(type.schema()).contains("\"$defs\":{\"Tree\":").contains("\"Tree2\":").doesNotContain("Tree3");
        assertThat(type.read("""
                {"first":{"value":"a","children":[{"value":"b","children":[]}]},"second":{"value":1,"children":[{"value":2,"children":[]}]}}"""))
                .isEqualTo(new Pair<>(new Tree<>("a", List.of(new Tree<>("b", List.of()))), new Tree<>(1, List.of(new Tree<>(2, List.of())))));
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerType.of(new TypeRef<Growing<String>>() {})).withMessageContaining("inside of itself");
    }

    @Test
    void anEnumMayBeDescribed() {
        AnswerType<Bill> type = AnswerType.of(Bill.class);
        assertThat(type.schema()).startsWith("""
                {"type":"object","properties":{"payment":{"type":"string","description":"How it is paid","enum":["CASH","CARD"]},\
                "tip":{"type":"string","description":"of the tip","enum":["CASH","CARD"]},\
                "others":{"type":"array","items":{"type":"string","description":"How it is paid","enum":["CASH","CARD"]}}}""");
        assertThat(SchemaCheck.of(type.schema()).toString()).contains("How it is paid");
    }

    @Test
    void collectionsAreRead() {
        Sizes sizes = AnswerType.of(Sizes.class).read("{\"set\":[1,1,2],\"map\":{\"a\":[1],\"a\":[2,3]},\"word\":\"x\"}");
        assertThat(sizes.set()).containsExactly(1, 2);
        assertThat(sizes.map().get("a")).containsExactly(2, 3);
        assertThat(sizes.number()).isEmpty();
        assertThat(AnswerType.of(Sizes.class).schema()).contains("\"minItems\":1").contains("\"pattern\":\"^[a-z]+$\"");
    }

    @Test
    void whatJsonHasNoFormForIsRefusedWithItsPath() {
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerType.of(Kinds.class))
                .withMessageStartingWith("Kinds.any cannot be an answer: java.lang.Object is no record");
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerType.of(Runnable.class)).withMessageContaining("is an interface");
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerType.of(Named.class)).withMessageContaining("rename that component");
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerType.of(Bounded.class)).withMessageStartingWith("Bounded.number: @Range is for");
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerType.of(new TypeRef<Optional<String>>() {})).withMessageContaining("optional");
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerType.of(new TypeRef<Map<Integer, String>>() {})).withMessageContaining("no String");
    }

    @Test
    void whatDoesNotFitHasItsPlace() {
        AnswerType<Invoice> type = AnswerType.of(Invoice.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> type.read("{\"customer\":\"A\",\"lines\":[{\"item\":\"pen\",\"quantity\":3000000000}],\"total\":1}"))
                .withMessage("$.lines[0].quantity is 3000000000, which is no int");
        assertThatIllegalArgumentException().isThrownBy(() -> type.read("{\"lines\":[]}")).withMessage("there is no $.customer");
        assertThatIllegalArgumentException().isThrownBy(() -> type.read("{")).withMessageStartingWith("no JSON");
    }

    @Test
    void aNumberThatIsTooLargeIsNone() {
        assertThat(AnswerType.of(float.class).read("3.4e38")).isEqualTo(3.4e38f);
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerType.of(float.class).read("-1e99")).withMessage("$ is -1E+99, which is no float");
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerType.of(double.class).read("1e999")).withMessage("$ is 1E+999, which is no double");
    }

    @Test
    void whatAConstructorThrowsComesThrough() {
        assertThatThrownBy(() -> AnswerType.of(Refusing.class).read("{\"positive\":0}"))
                .isInstanceOf(IllegalStateException.class).hasMessage("0 is not positive");
    }
}
