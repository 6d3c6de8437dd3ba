//! The few facts of an X.509 certificate that neither rustls nor webpki tells: names, validity, public key (RFC 5280).
//!
//! It checks no signature and trusts nothing.

/// What is read out of a certificate. Names are in the order they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The common names of the subject.
    pub common_names: Vec<String>,
    /// The DNS names of the subjectAltName extension.
    pub dns_names: Vec<String>,
    /// The first second it is valid, Unix time.
    pub not_before_s: i64,
    /// The last second it is valid, Unix time.
    pub not_after_s: i64,
    /// The SubjectPublicKeyInfo, DER.
    pub public_key_info: Vec<u8>,
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OID: u8 = 0x06;
const OCTET_STRING: u8 = 0x04;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];

/// Reads a certificate. `None` if it is not one.
pub fn facts(certificate: &[u8]) -> Option<CertificateFacts> {
    let mut tbs = Der(Der(certificate).take(SEQUENCE)?).nested(SEQUENCE)?;
    let _version = tbs.take_if(VERSION);
    for _serial_signature_issuer in 0..3 {
        tbs.any()?;
    }
    let mut validity = tbs.nested(SEQUENCE)?;
    let (not_before_s, not_after_s) = (validity.time()?, validity.time()?);
    let common_names = common_names(tbs.nested(SEQUENCE)?)?;
    let public_key_info = tbs.any()?.whole.to_vec();
    let mut dns_names = Vec::new();
    while !tbs.0.is_empty() {
        let field = tbs.any()?;
        if field.tag == EXTENSIONS {
            dns_names = alternative_names(Der(field.content).nested(SEQUENCE)?)?;
        }
    }
    Some(CertificateFacts { common_names, dns_names, not_before_s, not_after_s, public_key_info })
}

/// The parts of a certificate that tell who signed it and how.
pub struct Signed<'a> {
    /// Whether it is of version 1, without extensions.
    pub is_version_1: bool,
    /// What was signed.
    pub signed: &'a [u8],
    /// The content of the signature's AlgorithmIdentifier.
    pub algorithm: &'a [u8],
    /// The signature.
    pub signature: &'a [u8],
    /// The issuer's name, DER.
    pub issuer: &'a [u8],
    /// The subject's name, DER.
    pub subject: &'a [u8],
}

/// Reads the parts of a certificate that its signature is about.
pub fn signed(certificate: &[u8]) -> Option<Signed<'_>> {
    let mut outer = Der(certificate).nested(SEQUENCE)?;
    let body = outer.any().filter(|element| element.tag == SEQUENCE)?;
    let algorithm = outer.take(SEQUENCE)?;
    let signature = match outer.take(BIT_STRING)?.split_first()? {
        (0, signature) => signature,
        _ => return None,
    };
    let mut tbs = Der(body.content);
    let is_version_1 = tbs.take_if(VERSION).is_none();
    let _serial = tbs.any()?;
    // The algorithm is written twice and has to be the same.
    if tbs.take(SEQUENCE)? != algorithm {
        return None;
    }
    let issuer = tbs.any()?.whole;
    let _validity = tbs.any()?;
    let subject = tbs.any()?.whole;
    Some(Signed { is_version_1, signed: body.whole, algorithm, signature, issuer, subject })
}

/// The algorithm and the key inside a SubjectPublicKeyInfo: the content of the AlgorithmIdentifier and of the bit string.
pub fn key_parts(public_key_info: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut info = Der(public_key_info).nested(SEQUENCE)?;
    let algorithm = info.take(SEQUENCE)?;
    match info.take(BIT_STRING)?.split_first()? {
        (0, key) => Some((algorithm, key)),
        _ => None,
    }
}

fn common_names(mut subject: Der<'_>) -> Option<Vec<String>> {
    let mut names = Vec::new();
    while !subject.0.is_empty() {
        let mut set = subject.nested(SET)?;
        while !set.0.is_empty() {
            let mut attribute = set.nested(SEQUENCE)?;
            if attribute.take(OID)? == COMMON_NAME {
                names.push(String::from_utf8_lossy(attribute.any()?.content).into_owned());
            }
        }
    }
    Some(names)
}

fn alternative_names(mut extensions: Der<'_>) -> Option<Vec<String>> {
    let mut names = Vec::new();
    while !extensions.0.is_empty() {
        let mut extension = extensions.nested(SEQUENCE)?;
        if extension.take(OID)? != SUBJECT_ALT_NAME {
            continue;
        }
        let mut value = extension.any()?;
        if value.tag != OCTET_STRING {
            // The `critical` flag comes first.
            value = extension.any()?;
        }
        let mut general_names = Der(value.content).nested(SEQUENCE)?;
        while !general_names.0.is_empty() {
            let name = general_names.any()?;
            if name.tag == DNS_NAME {
                names.push(String::from_utf8_lossy(name.content).into_owned());
            }
        }
    }
    Some(names)
}

/// What is left to read.
struct Der<'a>(&'a [u8]);

/// One element.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    whole: &'a [u8],
}

impl<'a> Der<'a> {
    fn any(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            // Certificates are far below 16 MB.
            0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x0f))?;
                (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        let (whole, _) = self.0.split_at_checked(self.0.len() - rest.len())?;
        self.0 = rest;
        Some(Element { tag, content, whole })
    }

    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.any().filter(|element| element.tag == tag).map(|element| element.content)
    }

    fn take_if(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.0.first() == Some(&tag) { self.take(tag) } else { None }
    }

    fn nested(&mut self, tag: u8) -> Option<Der<'a>> {
        self.take(tag).map(Der)
    }

    /// `YYMMDDhhmmssZ`, where YY below 50 is this century, or `YYYYMMDDhhmmssZ`: RFC 5280, section 4.1.2.5.
    fn time(&mut self) -> Option<i64> {
        let element = self.any()?;
        let text = std::str::from_utf8(element.content).ok()?.strip_suffix('Z')?;
        let (year, rest) = match element.tag {
            UTC_TIME => {
                let short: i16 = text.get(..2)?.parse().ok()?;
                (if short < 50 { 2000 + short } else { 1900 + short }, text.get(2..)?)
            }
            GENERALIZED_TIME => (text.get(..4)?.parse().ok()?, text.get(4..)?),
            _ => return None,
        };
        let two = |at: usize| -> Option<i8> { rest.get(at..at + 2)?.parse().ok() };
        let civil = jiff::civil::DateTime::new(year, two(0)?, two(2)?, two(4)?, two(6)?, two(8)?, 0).ok()?;
        Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair};

    #[test]
    fn a_certificate_tells_its_names_dates_and_key() {
        let mut params = CertificateParams::new(vec!["a.example".into(), "*.b.example".into()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "cn.example");
        params.not_before = rcgen::date_time_ymd(2020, 2, 29);
        params.not_after = rcgen::date_time_ymd(2060, 1, 1);
        let key = KeyPair::generate().unwrap();
        let cert = params.self_signed(&key).unwrap();
        let facts = facts(cert.der()).unwrap();
        assert_eq!(facts.common_names.last().unwrap(), "cn.example");
        assert_eq!(facts.dns_names, ["a.example", "*.b.example"]);
        assert_eq!((facts.not_before_s, facts.not_after_s), (1_582_934_400, 2_840_140_800));
        let (algorithm, public) = key_parts(&facts.public_key_info).unwrap();
        assert!(algorithm.len() > 8);
        assert_eq!(public, key.public_key_raw());
    }

    #[test]
    fn no_prefix_of_a_certificate_panics() {
        let cert = rcgen::generate_simple_self_signed(vec!["x".into()]).unwrap().cert;
        for end in 0..cert.der().len() {
            assert_eq!(facts(&cert.der()[..end]), None);
        }
        for at in 0..cert.der().len() {
            let mut broken = cert.der().to_vec();
            broken[at] = 0xff;
            let _ = facts(&broken);
        }
    }
}
