#include "inspection/trace_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <variant>

#include "base/decimal.hpp"

namespace tickstock {
namespace {

std::string text_of(Price price) {
    std::string text;
    append_decimal(text, price.raw(), Price::decimals);
    return text;
}
std::string text_of(Size size) {
    std::string text;
    append_decimal(text, size.raw(), Size::decimals);
    return text;
}

std::string codes_text(const ConditionList& conditions) {
    std::string text;
    for (const std::uint8_t code : conditions.codes()) {
        text += fmt::format("{}{}", text.empty() ? "" : ",", code);
    }
    return text;
}

std::string_view word_of(const std::array<char, 15>& padded) {
    const std::string_view word(padded.data(), padded.size());
    return word.substr(0, word.find('\0'));
}

std::string text_of(const Trade& trade) {
    std::string text = fmt::format("{} × {}", text_of(trade.price), text_of(trade.size));
    if (trade.correction != 0) {
        text = fmt::format("correction {} of {}", trade.correction, text);
    }
    if (!trade.conditions.empty()) {
        text += " conditions " + codes_text(trade.conditions);
    }
    if (!trade.id.empty()) {
        text += fmt::format(" id {}", trade.id.view());
    }
    return text;
}

std::string text_of(const Quote& quote) {
    return fmt::format("{} × {} / {} × {}", text_of(quote.bid), text_of(quote.bid_size),
                       text_of(quote.ask), text_of(quote.ask_size));
}

std::string text_of(const Bar& bar) {
    return fmt::format("{} O {} H {} L {} C {} V {}", to_string(bar.timeframe), text_of(bar.open),
                       text_of(bar.high), text_of(bar.low), text_of(bar.close),
                       text_of(bar.volume));
}

std::string text_of(const FairValue& value) {
    std::string text = text_of(value.value);
    if (value.market_price.raw() > 0) {
        text += " market " + text_of(value.market_price);
    }
    if (value.confidence >= 0) {
        text += fmt::format(" confidence {:.2f}", value.confidence);
    }
    return text;
}

std::string text_of(const TradingStatus& status) {
    static constexpr std::array<std::string_view, 4> actions{"bands", "halt", "pause", "resume"};
    std::string text(actions[static_cast<std::size_t>(status.action)]);
    if (const std::string_view reason = word_of(status.reason); !reason.empty()) {
        text += fmt::format(" {}", reason);
    }
    if (status.band_upper.raw() > 0 || status.band_lower.raw() > 0) {
        text += fmt::format(" {} to {}", text_of(status.band_lower), text_of(status.band_upper));
    }
    return text;
}

std::string facts(const HighLowData& data, const Detection& detection) {
    std::string text =
        fmt::format(" #{}", detection.type == EventType::High ? data.count_up : data.count_down);
    if (data.coalesced > 1) {
        text += fmt::format(", {} in one", data.coalesced);
    }
    if (data.has_vwap) {
        text += fmt::format(", vwap {:.4f}", data.vwap);
    }
    if (data.cancelled) {
        text += ", its trade was taken back";
    }
    return text;
}
std::string facts(const ControlData& data, const Detection&) {
    return fmt::format(" {} {}", to_string(data.kind), word_of(data.reason));
}
std::string facts(const TrendData& data, const Detection&) {
    return fmt::format(" {}, score {:.3f} (180 s {:.3f}, 360 s {:.3f}, 600 s {:.3f})",
                       to_string(data.strength), data.score, data.score_short, data.score_medium,
                       data.score_long);
}
std::string facts(const SurgeData& data, const Detection&) {
    return fmt::format(" {} by {}, {:+.3f} % from {}, volume × {:.2f}", to_string(data.strength),
                       to_string(data.trigger), data.magnitude, text_of(data.baseline),
                       data.volume_multiplier);
}
std::string facts(const BarData& data, const Detection& detection) {
    return fmt::format(" of {}, {:+.3f} %, volume × {:.2f}", to_string(detection.timeframe),
                       data.percent_change, data.volume_multiplier);
}
std::string facts(const ValuationData& data, const Detection&) {
    return fmt::format(" {:+.3f} % of {}", data.deviation, text_of(data.reference));
}
std::string facts(const RuleData& data, const Detection&) {
    return fmt::format(" '{}' #{}", data.rule.view(), data.count);
}

std::string thresholds_text(const ThresholdList& thresholds) {
    std::string text;
    for (const ThresholdList::Threshold& one : thresholds.items()) {
        std::string value;
        append_decimal(value, one.value_e12, 12);
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", one.name, value);
    }
    return text;
}

}  // namespace

std::string describe(const Record& record) {
    switch (record.kind()) {
        case RecordKind::Trade: return text_of(record.trade());
        case RecordKind::Quote: return text_of(record.quote());
        case RecordKind::Bar: return text_of(record.bar());
        case RecordKind::FairValue: return text_of(record.fair_value());
        case RecordKind::TradingStatus: return text_of(record.status());
        case RecordKind::ClockTick: break;
    }
    return "";
}

std::string describe(const Event& event) {
    const Detection& detection = event.detection;
    std::string text(to_string(detection.type));
    if (detection.direction != Direction::None && detection.type != EventType::High &&
        detection.type != EventType::Low) {
        text += fmt::format(" {}", to_string(detection.direction));
    }
    if (detection.type != EventType::Control) {
        text += " " + text_of(detection.price);
    }
    text += std::visit([&](const auto& data) { return facts(data, detection); }, detection.data);
    const Evidence& evidence = detection.evidence;
    if (evidence.prior_extreme.raw() != 0) {
        text += ", before " + text_of(evidence.prior_extreme);
    }
    if (const std::string limits = thresholds_text(evidence.thresholds); !limits.empty()) {
        text += "; limits: " + limits;
    }
    if (event.revision > 0) {
        text += fmt::format("; revision {}", event.revision);
    }
    return text;
}

std::string describe(const Record& record, const IntakeNote& note, bool is_late) {
    std::string text(to_string(note.session));
    if (record.kind() == RecordKind::Trade) {
        const Eligibility may = note.eligibility;
        if (record.trade().correction != 0) {
            return text + ", takes an earlier print back";
        }
        const std::string_view what = may == Eligibility::all()        ? ""
                                      : !may.any()                     ? ", updates nothing"
                                      : may.high_low() && may.last()   ? ", price only"
                                      : may.high_low() && may.volume() ? ", not the last price"
                                      : may.last() && may.volume()     ? ", not high and low"
                                      : may.volume()                   ? ", volume only"
                                      : may.last()                     ? ", last price only"
                                                                       : ", high and low only";
        text += what;
        if (is_late) {
            text += " (late print)";
        } else if (!what.empty()) {
            text += " (conditions " + codes_text(record.trade().conditions) + ")";
        }
        if (note.luld_band != LuldBand::None) {
            text += fmt::format(", at the {} price band", to_string(note.luld_band));
        }
    }
    if (note.enters_session) {
        text += ", a session begins";
    }
    if (note.halt == HaltChange::Halted) {
        text += ", halted from here";
    } else if (note.halt == HaltChange::Resumed) {
        text += ", first trade after the halt";
    }
    if (note.muted) {
        text += ", halted";
    }
    return text;
}

std::string describe(const QuarantinedTrade& trade) {
    if (trade.level.raw() == 0) {
        return "guard";
    }
    const double away = 100 * (trade.price - trade.level).to_double() / trade.level.to_double();
    return fmt::format("guard: {:.2f} % from {}, accepted up to {} %", std::abs(away),
                       text_of(trade.level), static_cast<double>(trade.limit_percent) / 1e6);
}

}  // namespace tickstock
