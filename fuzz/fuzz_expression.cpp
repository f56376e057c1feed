// Any text as an expression: an error names a column within the text, and what parses evaluates to
// a finite value or says why not, twice the same.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.hpp"
#include "expression/expression.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tickstock;
    static constexpr std::array<Field, 3> fields{{
        {"price", ValueType::Number, ""},
        {"router.error_rate", ValueType::Number, ""},
        {"regular", ValueType::Boolean, ""},
    }};
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const ValueType wanted : {ValueType::Number, ValueType::Boolean}) {
        const auto expression = Expression::parse(text, fields, wanted);
        if (!expression) {
            const ExpressionError& error = expression.error();
            TS_ASSERT(!error.message.empty());
            TS_ASSERT(error.column >= 1 && error.column <= size + 1);
            TS_ASSERT(point_at(text, error).ends_with('^'));
            continue;
        }
        for (const double price : {0.0, -1.5, 1e308}) {
            const std::array<double, 3> values{price, 7.25, price == 0 ? 0.0 : 1.0};
            const Evaluation first = expression->evaluate(values);
            const Evaluation second = expression->evaluate(values);
            TS_ASSERT(first.error == second.error && first.value == second.value);
            TS_ASSERT(std::isfinite(first.value));
            TS_ASSERT(wanted == ValueType::Number || first.value == 0 || first.value == 1);
        }
    }
    return 0;
}
