// PolygonFeed's begin and end.

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "metrics/log.hpp"
#include "sources/formats/polygon_ws_decoder.hpp"
#include "sources/polygon/polygon_feed_impl.hpp"

namespace tickstock {
namespace {

void log_reject(const Reject& reject) {
    if (reject.reason == Reason::UnsupportedMessage) {
        return;  // every connection begins with status messages
    }
    log_warn("sources", "feed {}: first row rejected as {}, in frame {}: {}", reject.file,
             to_string(reject.reason), reject.line, reject.excerpt);
}

PolygonConnection::Options connection_options(const PolygonFeedOptions& options,
                                              const PolygonTopics& topics) {
    const PolygonSettings& settings = options.settings;
    PolygonConnection::Options result;
    result.name = options.name;
    result.client.thread_name = "ts-" + options.name.substr(0, 12);
    result.client.connect_timeout = settings.connect_timeout;
    result.client.ping_interval = settings.ping_interval;
    result.client.read_timeout = settings.read_timeout;
    result.client.max_message_bytes = settings.max_frame_bytes;
    result.session.topics = topics.wanted();
    result.session.key = options.key;
    result.backoff = {settings.reconnect, settings.reconnect_max, settings.eviction_pause,
                      options.seed};
    result.answer_timeout = settings.connect_timeout;
    result.silence = settings.silence;
    result.watch_silence = topics.has_channel("T") || topics.has_channel("Q");
    result.market_hours = options.clock_mode == SourceClock::Receive;
    result.delay = settings.delay;
    return result;
}

}  // namespace

PolygonFeed::PolygonFeed(PolygonFeedOptions options)
    : options_(std::move(options)),
      topics_(options_.channels, options_.symbols),
      event_clock_(options_.clock_mode == SourceClock::Event),
      ledger_(options_.name, log_reject),
      context_(options_.source, cache_, ledger_),
      duplicates_(calendar_),
      bars_(calendar_) {
    TS_ASSERT(options_.clock != nullptr && options_.key != nullptr);
    context_.day_volumes = &volumes_;
    context_.line_length = std::max(context_.line_length, options_.settings.max_frame_bytes);
    decoder_ = make_polygon_ws_decoder(context_);
}

PolygonFeed::~PolygonFeed() {
    stop();
}

std::optional<Error> PolygonFeed::prepare() {
    const PolygonSettings& settings = options_.settings;
    auto url = parse_secret_url(options_.url_setting, options_.url);
    if (!url.ok()) {
        return url.error();
    }
    url_ = *url;
    const bool fetchable =
        topics_.has_channel("T") || topics_.has_channel("Q") || topics_.has_channel("AM");
    if (settings.backfill && fetchable) {
        auto rest_url = parse_secret_url("source.polygon.rest_url", settings.rest_url);
        if (!rest_url.ok()) {
            return rest_url.error();
        }
        rest_url_ = *rest_url;
    }
    if (url_.tls || (rest_url_.has_value() && rest_url_->tls)) {
        auto trust = load_tls_trust(settings.certificate_file);
        if (!trust.ok()) {
            return trust.error();
        }
        trust_ = std::move(trust).value();
    }
    return std::nullopt;
}

void PolygonFeed::start(std::function<void()> wake, const FeedMemory& known) {
    const PolygonSettings& settings = options_.settings;
    wall_anchor_ = options_.clock->wall();
    monotonic_anchor_ = options_.clock->monotonic();
    queue_ = std::make_unique<FrameQueue>(settings.queue_bytes, wake);
    auto connection = connection_options(options_, topics_);
    connection.client.url = url_;
    connection.client.trust = trust_;
    connection.wall_anchor = wall_anchor_;
    connection.monotonic_anchor = monotonic_anchor_;
    connection_ = std::make_unique<PolygonConnection>(std::move(connection), *options_.clock,
                                                      calendar_, *queue_);
    if (rest_url_.has_value()) {
        PolygonBackfill::Options backfill;
        backfill.rest_url = *rest_url_;
        backfill.trust = trust_;
        backfill.key = options_.key;
        backfill.timeout = settings.backfill_timeout;
        backfill.thread_name = "ts-fill-" + options_.name.substr(0, 7);
        backfill_ = std::make_unique<PolygonBackfill>(std::move(backfill), *options_.clock, wake);
    }
    remember(known);
    connection_->start();
}

/// What an earlier run has had is neither taken again nor told as missing.
void PolygonFeed::remember(const FeedMemory& known) {
    for (const FeedMemory::Number& number : known.recent) {
        RecordHeader header;
        if (cache_.intern(number.symbol.view(), header.symbol) != SymbolCache::Status::Ok) {
            continue;
        }
        if (number.kind == RecordKind::Bar) {
            bars_.remember(header.symbol, number.ts_event);
            continue;
        }
        header.kind = number.kind;
        header.source_sequence = number.sequence;
        header.ts_event = number.ts_event;
        duplicates_.look(header, number.correction);
    }
    if (known.last_event == time_unknown) {
        return;
    }
    newest_ = known.last_event;
    outage_.open = outage_.told = true;
    outage_.gap = {false, known.last_event, known.last_event, "start"};
    outage_.lost_at = known.last_event;
    tell(outage_.gap);
}

void PolygonFeed::stop() {
    if (connection_ != nullptr) {
        connection_->stop();
    }
    if (backfill_ != nullptr) {
        backfill_->stop();
    }
}

Result<std::unique_ptr<Feed>> make_polygon_feed(PolygonFeedOptions options) {
    auto feed = std::make_unique<PolygonFeed>(std::move(options));
    if (auto error = feed->prepare()) {
        return std::move(*error);
    }
    return std::unique_ptr<Feed>(std::move(feed));
}

}  // namespace tickstock
