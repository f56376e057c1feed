#include "metrics/prometheus.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <sstream>
#include <string>

namespace tickstock {
namespace {

using namespace std::chrono_literals;

constexpr auto plain = MetricsFormat::PrometheusText;
constexpr auto open_metrics = MetricsFormat::OpenMetrics;

TEST(MetricsWriter, CounterInBothFormats) {
    const auto text = [](MetricsFormat format) {
        std::string out;
        MetricsWriter writer(out, format);
        writer.family(metric::events);
        writer.sample({{"type", "high"}}, std::uint64_t{7});
        writer.sample({{"type", "low"}}, std::numeric_limits<std::uint64_t>::max());
        writer.finish();
        return out;
    };
    EXPECT_EQ(text(plain),
              "# HELP tickstock_events_total Events published, by type\n"
              "# TYPE tickstock_events_total counter\n"
              "tickstock_events_total{type=\"high\"} 7\n"
              "tickstock_events_total{type=\"low\"} 18446744073709551615\n");
    EXPECT_EQ(text(open_metrics),
              "# HELP tickstock_events Events published, by type\n"
              "# TYPE tickstock_events counter\n"
              "tickstock_events_total{type=\"high\"} 7\n"
              "tickstock_events_total{type=\"low\"} 18446744073709551615\n"
              "# EOF\n");
}

TEST(MetricsWriter, OpenMetricsNamesTheUnit) {
    std::string out;
    MetricsWriter writer(out, open_metrics);
    writer.family(metric::process_cpu);
    writer.family(metric::journal_bytes);
    EXPECT_TRUE(out.starts_with("# UNIT process_cpu_seconds seconds\n")) << out;
    EXPECT_NE(out.find("# UNIT tickstock_journal_bytes bytes\n"), std::string::npos) << out;
    out.clear();
    MetricsWriter(out, plain).family(metric::process_cpu);
    EXPECT_EQ(out.find("UNIT"), std::string::npos) << out;
}

TEST(MetricsWriter, LabelsAndHelpAreEscaped) {
    constexpr MetricFamily odd{"tickstock_odd", MetricType::Gauge, "a \\ and\na \"quote\""};
    std::string out;
    MetricsWriter writer(out, plain);
    writer.family(odd);
    writer.sample({{"source", "a\"b\\c\nd"}, {"reason", "x"}}, 0.25);
    EXPECT_EQ(out,
              "# HELP tickstock_odd a \\\\ and\\na \"quote\"\n"
              "# TYPE tickstock_odd gauge\n"
              "tickstock_odd{source=\"a\\\"b\\\\c\\nd\",reason=\"x\"} 0.25\n");
}

TEST(MetricsWriter, NumbersThatAreNone) {
    std::string out;
    MetricsWriter writer(out, plain);
    writer.family(metric::ready);
    out.clear();
    writer.sample({}, std::numeric_limits<double>::quiet_NaN());
    writer.sample({}, -std::numeric_limits<double>::infinity());
    writer.sample({}, 1e300);
    EXPECT_EQ(out, "tickstock_ready NaN\ntickstock_ready -Inf\ntickstock_ready 1e+300\n");
}

TEST(MetricsWriter, HistogramBucketsAccumulateInSeconds) {
    Histogram histogram;
    histogram.record(900ns);
    histogram.record(3ms);
    histogram.record(20s);
    std::string out;
    MetricsWriter writer(out, plain);
    writer.family(metric::latency);
    writer.sample({{"stage", "publishing"}}, histogram);

    const auto has = [&](const std::string& line) {
        EXPECT_NE(out.find("tickstock_latency_seconds" + line + "\n"), std::string::npos)
            << line << "\n"
            << out;
    };
    has("_bucket{stage=\"publishing\",le=\"0.000001\"} 1");
    has("_bucket{stage=\"publishing\",le=\"0.0025\"} 1");
    has("_bucket{stage=\"publishing\",le=\"0.005\"} 2");
    has("_bucket{stage=\"publishing\",le=\"1.0\"} 2");
    has("_bucket{stage=\"publishing\",le=\"10.0\"} 2");
    has("_bucket{stage=\"publishing\",le=\"+Inf\"} 3");
    has("_sum{stage=\"publishing\"} 20.0030009");
    has("_count{stage=\"publishing\"} 3");
}

TEST(MetricsFormatNegotiation, OpenMetricsOnlyWhereItIsWanted) {
    EXPECT_EQ(negotiate_metrics_format(""), plain);
    EXPECT_EQ(negotiate_metrics_format("*/*"), plain);
    EXPECT_EQ(negotiate_metrics_format("text/plain;version=0.0.4"), plain);
    EXPECT_EQ(negotiate_metrics_format("application/openmetrics-text"), open_metrics);
    EXPECT_EQ(negotiate_metrics_format("application/openmetrics-text;version=1.0.0;q=0.5,"
                                       "application/openmetrics-text;version=0.0.1;q=0.4,"
                                       "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"),
              open_metrics);
    EXPECT_EQ(negotiate_metrics_format(" Application/OpenMetrics-Text ; Q=0.2 , text/plain;q=0.9"),
              plain);
    EXPECT_EQ(negotiate_metrics_format("text/plain, application/openmetrics-text"), open_metrics);
    EXPECT_EQ(negotiate_metrics_format("application/openmetrics-text;q=0"), plain);
    EXPECT_EQ(negotiate_metrics_format("application/openmetrics-text;version=7"), plain);
    EXPECT_EQ(negotiate_metrics_format("application/openmetrics-text;q=much,;;=,,"), plain);
    EXPECT_NE(content_type(plain), content_type(open_metrics));
}

TEST(MetricNames, AreUniqueAndFollowTheConventions) {
    std::set<std::string_view> names;
    for (const auto& family : metric::all) {
        EXPECT_TRUE(names.insert(family.name).second) << family.name << " stands twice";
        EXPECT_TRUE(family.name.starts_with("tickstock_") || family.name.starts_with("process_"))
            << family.name;
        EXPECT_EQ(family.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"),
                  std::string_view::npos)
            << family.name;
        EXPECT_EQ(family.name.ends_with("_total"), family.type == MetricType::Counter)
            << family.name;
        if (family.type == MetricType::Histogram) {
            EXPECT_TRUE(family.name.ends_with("_seconds")) << family.name;
        }
        EXPECT_FALSE(family.help.empty()) << family.name;
        EXPECT_EQ(family.name.find("_ms"), std::string_view::npos) << family.name;
    }
}

}  // namespace
}  // namespace tickstock
