#include <fmt/format.h>

#include <algorithm>

#include "inspection/comparison_charts.hpp"
#include "inspection/comparison_report.hpp"
#include "inspection/comparison_words.hpp"
#include "inspection/difference_fields.hpp"

namespace tickstock {
namespace {

constexpr std::size_t symbols_shown = 20;

constexpr std::string_view head = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TickStock: two configurations compared</title>
<style>
:root{color-scheme:light dark;--back:#fff;--text:#1b1f24;--weak:#5b6470;--line:#d5dae0;--panel:#f5f7f9;--a:#1f6fb2;--b:#c2610c;--near:#8a6d00;--good:#1a7f37;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--back:#12161b;--text:#e4e8ed;--weak:#9aa4b0;--line:#333b45;--panel:#1b2128;--a:#5aa9e6;--b:#f0964a;--near:#d9b93a;--good:#4cc26a;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1rem;font:15px/1.45 system-ui,sans-serif;background:var(--back);color:var(--text)}
h1{font-size:1.4rem;margin:.2rem 0}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}
.verdict{padding:.6rem .8rem;border-left:4px solid var(--bad);background:var(--panel)}.verdict.same{border-color:var(--good)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem;margin:.6rem 0}dt{color:var(--weak)}dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--weak);font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
td.w{white-space:normal;overflow-wrap:anywhere}
tr.all td{font-weight:600}
figure{margin:.8rem 0}figcaption{display:flex;flex-wrap:wrap;gap:.3rem 1rem;justify-content:space-between;color:var(--weak)}
.legend span{margin-left:.9rem}.legend i{display:inline-block;width:.75em;height:.75em;margin-right:.35em}
svg{width:100%;max-width:44rem;height:auto}figcaption{max-width:44rem}svg text{fill:var(--weak);font-size:11px}.grid{stroke:var(--line)}
.a{fill:var(--a);background:var(--a)}.b{fill:var(--b);background:var(--b)}.near{fill:var(--near);background:var(--near)}
details{border-bottom:1px solid var(--line)}summary{cursor:pointer;padding:.35rem 0;overflow-wrap:anywhere}
.kind{display:inline-block;min-width:4.6em;font-weight:600}.k-only_a{color:var(--a)}.k-only_b{color:var(--b)}.k-near,.k-changed{color:var(--near)}
tr.differs td{background:var(--panel);font-weight:600}
@media(max-width:32rem){th,td{padding:.25rem .3rem;font-size:.85rem}}
footer{margin-top:2rem;color:var(--weak)}
</style>
</head>
<body>
)";

std::string cell(std::uint64_t value) {
    return fmt::format("<td class=\"n\">{}</td>", value);
}

std::string tally_row(std::string_view name, const EventTally& tally, std::string_view css) {
    return fmt::format("<tr class=\"{}\"><td>{}</td>", css, html_escape(name)) + cell(tally.a) +
           cell(tally.b) + cell(tally.both) + cell(tally.changed) + cell(tally.near) +
           cell(tally.only_a) + cell(tally.only_b) + "</tr>\n";
}

std::string tally_head(std::string_view name) {
    return fmt::format(
        "<div class=\"scroll\"><table><thead><tr><th>{}</th><th class=\"n\">A</th><th "
        "class=\"n\">B</th><th class=\"n\">both</th><th class=\"n\">changed</th><th "
        "class=\"n\">near</th><th class=\"n\">only A</th><th class=\"n\">only "
        "B</th></tr></thead><tbody>\n",
        name);
}

constexpr std::string_view table_end = "</tbody></table></div>\n";

void facts_list(std::string& out, const ComparisonFacts& facts) {
    out += "<dl>\n";
    for (const auto& [name, side] : {std::pair("A", &facts.a), std::pair("B", &facts.b)}) {
        out += fmt::format("<dt>{}</dt><dd>{}<br>{} records in {:.2f} s ({:.0f}/s)</dd>\n", name,
                           html_escape(side->name), side->records, side->seconds,
                           side->records_per_second());
    }
    for (const std::string& input : facts.inputs) {
        out += fmt::format("<dt>input</dt><dd>{}</dd>\n", html_escape(input));
    }
    out += fmt::format("<dt>near</dt><dd>within {:g} % and {:g} s</dd>\n",
                       facts.tolerances.price_tolerance,
                       std::chrono::duration<double>(facts.tolerances.time_tolerance).count());
    for (const std::string& note : facts.notes) {
        out += fmt::format("<dt>note</dt><dd>{}</dd>\n", html_escape(note));
    }
    out += "</dl>\n";
}

void settings_table(std::string& out, const ComparisonFacts& facts) {
    out += "<h2>Settings that differ</h2>\n";
    if (facts.settings.empty()) {
        out += "<p>None.</p>\n";
        return;
    }
    out +=
        "<div class=\"scroll\"><table><thead><tr><th>setting</th><th>A</th><th>B</th></tr>"
        "</thead><tbody>\n";
    for (const ConfigDifference& setting : facts.settings) {
        out += fmt::format(
            "<tr><td class=\"w\">{}</td><td class=\"w\">{}</td><td class=\"w\">{}</td></tr>\n",
            html_escape(setting.name), html_escape(setting.from), html_escape(setting.to));
    }
    out += table_end;
}

void types(std::string& out, const ComparisonTally& tally) {
    out += "<h2>Events by type</h2>\n" + tally_head("type");
    for (std::size_t type = 0; type < event_type_count; ++type) {
        const EventTally& counts = tally.by_type()[type];
        if (counts.a + counts.b > 0) {
            out += tally_row(to_string(static_cast<EventType>(type)), counts, "");
        }
    }
    out += tally_row("all", tally.total(), "all");
    out += table_end;
}

void charts(std::string& out, const ComparisonTally& tally) {
    std::vector<BarGroup> all;
    std::vector<BarGroup> differences;
    const auto& hours = tally.by_hour();
    const auto has_any = [](const EventTally& hour) { return hour.a + hour.b > 0; };
    const auto first = std::ranges::find_if(hours, has_any);
    const auto last = std::find_if(hours.rbegin(), hours.rend(), has_any).base();
    for (auto hour = first; hour < last; ++hour) {
        const std::string label = fmt::format("{:02}", hour - hours.begin());
        all.push_back({label, {static_cast<double>(hour->a), static_cast<double>(hour->b)}});
        differences.push_back(
            {label,
             {static_cast<double>(hour->only_a), static_cast<double>(hour->near + hour->changed),
              static_cast<double>(hour->only_b)}});
    }
    if (all.empty()) {
        return;
    }
    out += "<h2>By hour (New York)</h2>\n";
    out += bar_chart("Events", {{"A", "a"}, {"B", "b"}}, all);
    out += bar_chart("Differences", {{"only A", "a"}, {"near or changed", "near"}, {"only B", "b"}},
                     differences);
}

void symbols(std::string& out, const ComparisonTally& tally) {
    const auto top = tally.top_symbols(symbols_shown);
    if (top.empty()) {
        return;
    }
    out += "<h2>Symbols with most differences</h2>\n" + tally_head("symbol");
    for (const ComparisonTally::Symbol& symbol : top) {
        out += tally_row(symbol.symbol.view(), symbol.tally, "");
    }
    out += table_end;
}

void one_difference(std::string& out, const ListedDifference& one) {
    out += fmt::format(
        "<details><summary><span class=\"kind k-{}\">{}</span> {} <b>{}</b> {} {}</summary>\n",
        to_string(one.kind), words_of(one.kind), new_york_words(one.clock),
        html_escape(one.symbol.view()), to_string(one.type), html_escape(summary_of(one)));
    out +=
        "<div class=\"scroll\"><table><thead><tr><th>member</th><th>A</th><th>B</th></tr>"
        "</thead><tbody>\n";
    const bool is_pair = !one.a.body.empty() && !one.b.body.empty();
    for (const FieldPair& pair : field_pairs(one)) {
        out += fmt::format(
            "<tr class=\"{}\"><td>{}</td><td class=\"w\">{}</td><td class=\"w\">{}</td></tr>\n",
            is_pair && pair.differs() ? "differs" : "", html_escape(pair.name), html_escape(pair.a),
            html_escape(pair.b));
    }
    out += table_end;
    out += "</details>\n";
}

void differences(std::string& out, const ComparisonTally& tally) {
    const auto total = tally.total().differences();
    if (total == 0) {
        return;
    }
    out +=
        fmt::format("<h2>Differences</h2>\n<p>{} of {}; each opens to both sides' evidence.</p>\n",
                    tally.differences().size(), total);
    for (const ListedDifference& one : tally.differences()) {
        one_difference(out, one);
    }
}

}  // namespace

std::string comparison_html(const ComparisonFacts& facts, const ComparisonTally& tally) {
    std::string out(head);
    out += "<h1>Two configurations compared</h1>\n";
    out += fmt::format("<p class=\"verdict{}\">{}</p>\n",
                       tally.total().differences() == 0 ? " same" : "", verdict_of(tally));
    facts_list(out, facts);
    settings_table(out, facts);
    types(out, tally);
    charts(out, tally);
    symbols(out, tally);
    differences(out, tally);
    out +=
        "<footer>Made by tickstock compare. Both: the same event id; changed: with other details "
        "beside the evidence; near: of one kind within the tolerances.</footer>\n</body>\n"
        "</html>\n";
    return out;
}

}  // namespace tickstock
