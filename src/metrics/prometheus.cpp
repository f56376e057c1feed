#include "metrics/prometheus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/assert.hpp"
#include "base/decimal.hpp"

namespace tickstock {
namespace {

/// Upper bounds of exposed buckets, ns: 1, 2.5, 5 a decade.
constexpr std::array<std::int64_t, 22> bucket_bounds{
    1'000,         2'500,         5'000,         10'000,        25'000,      50'000,
    100'000,       250'000,       500'000,       1'000'000,     2'500'000,   5'000'000,
    10'000'000,    25'000'000,    50'000'000,    100'000'000,   250'000'000, 500'000'000,
    1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000};

constexpr std::string_view total_suffix = "_total";

std::string_view type_word(MetricType type) {
    switch (type) {
        case MetricType::Counter: return "counter";
        case MetricType::Gauge: return "gauge";
        case MetricType::Histogram: return "histogram";
    }
    TS_ASSERT(false);
}

void append_escaped(std::string& out, std::string_view text, bool quotes) {
    for (const char c : text) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '"' && quotes) {
            out += "\\\"";
        } else {
            out.push_back(c);
        }
    }
}

std::string number_text(double value) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "+Inf" : "-Inf";
    }
    return fmt::format("{}", value);
}

/// Nanoseconds as exact decimal seconds.
std::string seconds_text(std::int64_t ns) {
    std::string text;
    append_decimal(text, ns, 9);
    return text;
}

std::string_view trim(std::string_view text) {
    const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
    const auto end = text.find_last_not_of(" \t") + 1;
    return begin < end ? text.substr(begin, end - begin) : std::string_view{};
}

/// Cuts the front of `text` up to `separator` off and returns it, trimmed.
std::string_view next_part(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const auto part = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

/// One media range of an Accept header.
struct MediaRange {
    std::string type;
    double quality = 1;
    bool known_version = true;  ///< none asked, or one that we write
};

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

MediaRange parse_range(std::string_view text) {
    MediaRange range;
    range.type = lower(next_part(text, ';'));
    while (!text.empty()) {
        std::string_view value = next_part(text, ';');
        const auto key = lower(next_part(value, '='));
        if (key == "q") {
            double quality = 0;
            const auto* end = value.data() + value.size();
            const bool ok = std::from_chars(value.data(), end, quality).ptr == end;
            range.quality = ok && quality >= 0 && quality <= 1 ? quality : 0;
        } else if (key == "version" && range.type == "application/openmetrics-text") {
            range.known_version = value == "1.0.0" || value == "0.0.1";
        }
    }
    return range;
}

}  // namespace

MetricsFormat negotiate_metrics_format(std::string_view accept) {
    double open_metrics = 0;
    double plain = 0;
    while (!accept.empty()) {
        const auto range = parse_range(next_part(accept, ','));
        if (range.type == "application/openmetrics-text" && range.known_version) {
            open_metrics = std::max(open_metrics, range.quality);
        } else if (range.type == "text/plain" || range.type == "text/*") {
            plain = std::max(plain, range.quality);
        }
    }
    return open_metrics > 0 && open_metrics >= plain ? MetricsFormat::OpenMetrics
                                                     : MetricsFormat::PrometheusText;
}

std::string_view content_type(MetricsFormat format) {
    return format == MetricsFormat::OpenMetrics
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

void MetricsWriter::family(const MetricFamily& family) {
    family_ = family;
    std::string_view name = family.name;
    if (format_ == MetricsFormat::OpenMetrics && family.type == MetricType::Counter) {
        TS_ASSERT(name.ends_with(total_suffix));
        name.remove_suffix(total_suffix.size());
    }
    if (format_ == MetricsFormat::OpenMetrics) {
        for (const std::string_view unit : {"seconds", "bytes"}) {
            if (name.ends_with(unit)) {
                out_ += fmt::format("# UNIT {} {}\n", name, unit);
            }
        }
    }
    out_ += fmt::format("# HELP {} ", name);
    append_escaped(out_, family.help, format_ == MetricsFormat::OpenMetrics);
    out_ += fmt::format("\n# TYPE {} {}\n", name, type_word(family.type));
}

void MetricsWriter::sample(Labels labels, std::uint64_t value) {
    TS_ASSERT(family_.type != MetricType::Histogram);
    name_and_labels("", labels);
    end_line(fmt::format("{}", value));
}

void MetricsWriter::sample(Labels labels, double value) {
    TS_ASSERT(family_.type != MetricType::Histogram);
    name_and_labels("", labels);
    end_line(number_text(value));
}

void MetricsWriter::sample(Labels labels, const Histogram& histogram) {
    TS_ASSERT(family_.type == MetricType::Histogram);
    for (const auto bound : bucket_bounds) {
        // OpenMetrics writes a whole bound with its point, so that both sides agree on the text.
        auto le = seconds_text(bound);
        if (le.find('.') == std::string::npos) {
            le += ".0";
        }
        name_and_labels("_bucket", labels, le);
        end_line(fmt::format("{}", histogram.count_up_to(Nanos{bound})));
    }
    name_and_labels("_bucket", labels, "+Inf");
    end_line(fmt::format("{}", histogram.count()));
    name_and_labels("_sum", labels);
    end_line(seconds_text(histogram.sum().count()));
    name_and_labels("_count", labels);
    end_line(fmt::format("{}", histogram.count()));
}

void MetricsWriter::finish() {
    if (format_ == MetricsFormat::OpenMetrics) {
        out_ += "# EOF\n";
    }
}

void MetricsWriter::name_and_labels(std::string_view suffix, Labels labels, std::string_view le) {
    TS_ASSERT(!family_.name.empty());
    out_ += family_.name;
    out_ += suffix;
    char separator = '{';
    const auto label = [&](std::string_view name, std::string_view value) {
        out_.push_back(separator);
        separator = ',';
        out_ += name;
        out_ += "=\"";
        append_escaped(out_, value, true);
        out_.push_back('"');
    };
    for (const auto& [name, value] : labels) {
        label(name, value);
    }
    if (!le.empty()) {
        label("le", le);
    }
    if (separator == ',') {
        out_.push_back('}');
    }
}

void MetricsWriter::end_line(std::string_view value) {
    out_.push_back(' ');
    out_ += value;
    out_.push_back('\n');
}

}  // namespace tickstock
