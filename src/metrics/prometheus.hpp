#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "metrics/histogram.hpp"
#include "metrics/names.hpp"

namespace tickstock {

enum class MetricsFormat : std::uint8_t {
    PrometheusText,  ///< text format 0.0.4
    OpenMetrics,     ///< OpenMetrics text 1.0.0
};

/// What to answer to an HTTP Accept header (may be empty): OpenMetrics when it is asked for at
/// least as much as plain text.
MetricsFormat negotiate_metrics_format(std::string_view accept);

/// The answer's Content-Type.
std::string_view content_type(MetricsFormat format);

/// Appends metrics as text. Call family(), then its samples, family after family; finish() ends
/// the text. A family stands once.
class MetricsWriter {
public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    MetricsWriter(std::string& out, MetricsFormat format) : out_(out), format_(format) {}

    void family(const MetricFamily& family);

    /// One sample of a counter or gauge. Label values are escaped.
    void sample(Labels labels, std::uint64_t value);
    void sample(Labels labels, double value);

    /// The buckets (1 µs to 10 s), sum and count of a histogram, in seconds.
    void sample(Labels labels, const Histogram& histogram);

    void finish();

private:
    void name_and_labels(std::string_view suffix, Labels labels, std::string_view le = {});
    void end_line(std::string_view value);

    std::string& out_;
    MetricsFormat format_;
    MetricFamily family_{};
};

}  // namespace tickstock
