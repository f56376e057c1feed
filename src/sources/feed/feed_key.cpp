#include "sources/feed/feed_key.hpp"

#include <openssl/crypto.h>

namespace tickstock {

FeedKey::~FeedKey() {
    OPENSSL_cleanse(text_.data(), text_.size());
}

}  // namespace tickstock
