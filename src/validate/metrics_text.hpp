#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock::validate {

/// One line of a metrics page: name{labels} value.
struct MetricSample {
    std::string labels;  ///< as written between the braces; empty = none
    double value = 0;
};

/// A page of /metrics in Prometheus text format 0.0.4, read as a scraper would.
struct MetricsPage {
    std::map<std::string, std::string> types;  ///< family -> counter, gauge, histogram
    std::map<std::string, std::vector<MetricSample>> samples;  ///< by name, as on the line
    std::vector<std::string> faults;                           ///< lines that no scraper should get
};

/// Faults: no sample syntax, a value that is no number, a sample of no declared family, a family
/// declared twice, a histogram whose buckets fall or do not end in its count.
MetricsPage parse_metrics(std::string_view text);

/// Names that are not on the page as families; a name with `{label}` also needs that label on
/// every sample it has.
std::vector<std::string> missing_metrics(const MetricsPage& page,
                                         const std::vector<std::string>& names);

/// The upper bound of the bucket that holds the share `q` (0…1) of all that a histogram counts, all
/// series together; infinite above its last bound. Nothing while it is empty or not there.
std::optional<double> bucket_quantile(const MetricsPage& page, const std::string& family, double q);

}  // namespace tickstock::validate
