#include "validate/metrics_text.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace tickstock::validate {
namespace {

std::string_view take_word(std::string_view& text) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    return word;
}

std::optional<double> number_of(std::string_view text) {
    if (text == "+Inf") {
        return std::numeric_limits<double>::infinity();
    }
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                    : std::nullopt;
}

/// The family that a sample's name belongs to; empty when none is declared.
std::string family_of(const MetricsPage& page, const std::string& name) {
    if (page.types.contains(name)) {
        return name;
    }
    for (const std::string_view suffix : {"_bucket", "_sum", "_count"}) {
        if (name.ends_with(suffix)) {
            std::string base = name.substr(0, name.size() - suffix.size());
            const auto found = page.types.find(base);
            if (found != page.types.end() && found->second == "histogram") {
                return base;
            }
        }
    }
    return {};
}

void read_sample(std::string_view line, MetricsPage& page) {
    const std::size_t name_end = line.find_first_of("{ ");
    const std::string name(line.substr(0, name_end));
    std::string labels;
    std::size_t at = name_end;
    if (name_end != std::string_view::npos && line[name_end] == '{') {
        const std::size_t close = line.rfind('}');
        if (close == std::string_view::npos) {
            page.faults.push_back("no end of labels: " + std::string(line));
            return;
        }
        labels = line.substr(name_end + 1, close - name_end - 1);
        at = close + 1;
    }
    const auto value =
        at < line.size() && line[at] == ' ' ? number_of(line.substr(at + 1)) : std::nullopt;
    if (!value) {
        page.faults.push_back("no value: " + std::string(line));
    } else if (family_of(page, name).empty()) {
        page.faults.push_back("a sample of no declared family: " + std::string(line));
    } else {
        page.samples[name].push_back({labels, *value});
    }
}

/// Labels without the bucket's bound, which stands last.
std::string series_of(const std::string& labels) {
    const std::size_t at = labels.rfind("le=\"");
    return at == std::string::npos ? labels : labels.substr(0, at);
}

void check_histogram(const std::string& family, MetricsPage& page) {
    std::map<std::string, double> last;
    for (const MetricSample& bucket : page.samples[family + "_bucket"]) {
        double& before = last[series_of(bucket.labels)];
        if (bucket.value < before) {
            page.faults.push_back(family + ": buckets fall at " + bucket.labels);
        }
        before = bucket.value;
    }
    double buckets = 0;
    double counts = 0;
    for (const auto& [series, count] : last) {
        buckets += count;
    }
    for (const MetricSample& count : page.samples[family + "_count"]) {
        counts += count.value;
    }
    if (buckets != counts) {
        page.faults.push_back(family + ": its buckets do not end in its counts");
    }
}

}  // namespace

MetricsPage parse_metrics(std::string_view text) {
    MetricsPage page;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.starts_with("# TYPE ")) {
            line.remove_prefix(7);
            const std::string family(take_word(line));
            if (!page.types.emplace(family, std::string(line)).second) {
                page.faults.push_back("declared twice: " + family);
            }
        } else if (!line.empty() && !line.starts_with('#')) {
            read_sample(line, page);
        }
    }
    for (const auto& [family, type] : page.types) {
        if (type == "histogram") {
            check_histogram(family, page);
        }
    }
    return page;
}

std::vector<std::string> missing_metrics(const MetricsPage& page,
                                         const std::vector<std::string>& names) {
    std::vector<std::string> missing;
    for (const std::string& wanted : names) {
        const std::size_t brace = wanted.find('{');
        const std::string name = wanted.substr(0, brace);
        bool good = page.types.contains(name);
        if (good && brace != std::string::npos) {
            const std::string label = wanted.substr(brace + 1, wanted.size() - brace - 2) + "=\"";
            for (const char* suffix : {"", "_bucket"}) {
                const auto samples = page.samples.find(name + suffix);
                good =
                    good && (samples == page.samples.end() ||
                             std::all_of(samples->second.begin(), samples->second.end(),
                                         [&](const MetricSample& sample) {
                                             return sample.labels.find(label) != std::string::npos;
                                         }));
            }
        }
        if (!good) {
            missing.push_back(wanted);
        }
    }
    return missing;
}

std::optional<double> bucket_quantile(const MetricsPage& page, const std::string& family,
                                      double q) {
    const auto buckets = page.samples.find(family + "_bucket");
    if (buckets == page.samples.end()) {
        return std::nullopt;
    }
    std::map<double, double> counts;  // up to that bound, over all series
    for (const MetricSample& bucket : buckets->second) {
        const std::size_t at = bucket.labels.rfind("le=\"") + 4;
        const auto bound =
            number_of(std::string_view(bucket.labels).substr(at, bucket.labels.rfind('"') - at));
        if (!bound) {
            return std::nullopt;
        }
        counts[*bound] += bucket.value;
    }
    const double all = counts.empty() ? 0 : counts.rbegin()->second;
    for (const auto& [bound, count] : counts) {
        if (all > 0 && count >= q * all) {
            return bound;
        }
    }
    return std::nullopt;
}

}  // namespace tickstock::validate
