#include "inspection/comparison_words.hpp"

#include <fmt/format.h>

#include <chrono>

#include "inspection/difference_fields.hpp"
#include "model/calendar.hpp"

namespace tickstock {
namespace {

std::string side_words(const ListedDifference::Side& side) {
    const std::string record =
        side.sequence == 0 ? std::string("a deadline") : fmt::format("record {}", side.sequence);
    const std::string direction = body_field(side.body, "direction");
    return fmt::format("{} {}, offset {}, {}", body_field(side.body, "price"),
                       direction == "null" ? "" : direction, side.offset, record);
}

}  // namespace

std::string_view words_of(ComparisonOutcome::Kind kind) {
    switch (kind) {
        case ComparisonOutcome::Kind::Both: return "both";
        case ComparisonOutcome::Kind::Changed: return "changed";
        case ComparisonOutcome::Kind::Near: return "near";
        case ComparisonOutcome::Kind::OnlyA: return "only A";
        case ComparisonOutcome::Kind::OnlyB: return "only B";
    }
    return "";
}

std::string new_york_words(UnixNanos t) {
    const auto local = std::chrono::floor<std::chrono::milliseconds>(new_york_time(t));
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(local - day);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", int{date.year()},
                       unsigned{date.month()}, unsigned{date.day()}, time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

std::string summary_of(const ListedDifference& difference) {
    if (difference.a.body.empty()) {
        return side_words(difference.b);
    }
    if (difference.b.body.empty()) {
        return side_words(difference.a);
    }
    return fmt::format("A {} | B {}", side_words(difference.a), side_words(difference.b));
}

std::string verdict_of(const ComparisonTally& tally) {
    const EventTally& total = tally.total();
    if (total.differences() == 0) {
        return fmt::format("The two give the same {} events.", total.a);
    }
    const double found = total.a == 0 ? 100.0
                                      : 100.0 * static_cast<double>(total.both + total.near) /
                                            static_cast<double>(total.a);
    return fmt::format(
        "B finds {:.2f} % of A's {} events; it misses {} and has {} that A has not ({} near, {} "
        "with other details).",
        found, total.a, total.only_a, total.only_b, total.near, total.changed);
}

}  // namespace tickstock
