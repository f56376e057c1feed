#include "sources/formats/identify.hpp"

#include <array>
#include <string_view>

namespace tickstock {
namespace {

struct Word {
    std::string_view text;
    DynamicKind kind;
};

constexpr std::array words{
    Word{"tick", DynamicKind::Trade},         Word{"trade", DynamicKind::Trade},
    Word{"ohlcv", DynamicKind::Bar},          Word{"bar", DynamicKind::Bar},
    Word{"fmv", DynamicKind::FairValue},      Word{"valuation", DynamicKind::FairValue},
    Word{"quote", DynamicKind::Quote},        Word{"status", DynamicKind::TradingStatus},
    Word{"halt", DynamicKind::TradingStatus},
};

/// ASCII only; `lower` is lower case.
bool equal_ignoring_case(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
        if (c != lower[i]) {
            return false;
        }
    }
    return true;
}

DynamicKind kind_of_word(std::string_view text) {
    for (const Word& word : words) {
        if (equal_ignoring_case(text, word.text)) {
            return word.kind;
        }
    }
    return DynamicKind::Unknown;
}

}  // namespace

DynamicKind identify(const DynamicObject& object) {
    for (const DynamicKey key : {DynamicKey::Event, DynamicKey::Type}) {
        const DynamicKind kind = kind_of_word(object[key]);
        if (kind == DynamicKind::TradingStatus && !object.has(DynamicKey::Action)) {
            continue;
        }
        if (kind != DynamicKind::Unknown) {
            return kind;
        }
    }
    const auto has = [&](DynamicKey key) { return object.has(key); };
    if (has(DynamicKey::Open) && has(DynamicKey::High) && has(DynamicKey::Low) &&
        has(DynamicKey::Close) && has(DynamicKey::Size)) {
        return DynamicKind::Bar;
    }
    if (has(DynamicKey::FairValue)) {
        return DynamicKind::FairValue;
    }
    if (has(DynamicKey::Symbol) && has(DynamicKey::Price) && has(DynamicKey::Timestamp)) {
        return DynamicKind::Trade;
    }
    return DynamicKind::Unknown;
}

}  // namespace tickstock
