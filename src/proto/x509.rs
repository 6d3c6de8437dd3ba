//! The facts of an X.509 certificate (RFC 5280) that rules ask for. Nothing is verified here: TLS has done that.

/// Nesting and lengths are those of real certificates: attributes of one name that are looked at.
const ATTRIBUTES_MAX: usize = 64;

/// A certificate, as slices of its DER form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certificate<'a> {
    /// 1, 2 or 3.
    pub version: u8,
    /// The serial number, without leading zeros.
    pub serial: &'a [u8],
    /// The algorithm it was signed with, in the words of OpenSSL.
    pub signature: &'static str,
    /// Who signed it.
    pub issuer: Name<'a>,
    /// When it begins to hold: `261120102556Z`.
    pub not_before: &'a [u8],
    /// When it ends to hold.
    pub not_after: &'a [u8],
    /// Whom it names.
    pub subject: Name<'a>,
    /// The kind of its key, in the words of OpenSSL.
    pub key: &'static str,
}

/// A distinguished name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a>(&'a [u8]);

/// One attribute of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    oid: &'a [u8],
    value: &'a [u8],
    is_bmp: bool,
}

impl<'a> Certificate<'a> {
    /// Reads a certificate; none when it is broken.
    pub fn parse(der: &'a [u8]) -> Option<Certificate<'a>> {
        let mut outer = Der(Der(der).expect(0x30)?);
        let mut body = Der(outer.expect(0x30)?);
        let version = match body.peek() {
            Some(0xa0) => Der(body.expect(0xa0)?).expect(0x02)?.first()? + 1,
            _ => 1,
        };
        let serial = body.expect(0x02)?;
        let zeros = serial.iter().take_while(|byte| **byte == 0).count().min(serial.len().saturating_sub(1));
        body.expect(0x30)?;
        let issuer = Name(body.expect(0x30)?);
        let mut validity = Der(body.expect(0x30)?);
        let (not_before, not_after) = (validity.any()?.1, validity.any()?.1);
        let subject = Name(body.expect(0x30)?);
        let key = Der(Der(body.expect(0x30)?).expect(0x30)?).expect(0x06)?;
        let signature = Der(outer.expect(0x30)?).expect(0x06)?;
        Some(Certificate {
            version,
            serial: serial.get(zeros..)?,
            signature: known(SIGNATURES, signature),
            issuer,
            not_before,
            not_after,
            subject,
            key: known(KEYS, key),
        })
    }
}

impl<'a> Name<'a> {
    /// The attributes, in order.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'a>> {
        let mut sets = Der(self.0);
        let mut set = Der(&[]);
        let next = move || {
            loop {
                if let Some(pair) = set.expect(0x30) {
                    let mut pair = Der(pair);
                    let oid = pair.expect(0x06)?;
                    let (tag, value) = pair.any()?;
                    return Some(Attribute { oid, value, is_bmp: tag == 0x1e });
                }
                set = Der(sets.expect(0x31)?);
            }
        };
        std::iter::from_fn(next).take(ATTRIBUTES_MAX)
    }

    /// The value of the attribute of this short name: the first, the one with this number from 1, or from the end for a
    /// negative number.
    pub fn entry(self, name: &str, occurrence: i64) -> Option<Vec<u8>> {
        let all: Vec<Attribute<'a>> =
            self.attributes().filter(|attribute| attribute.name().eq_ignore_ascii_case(name)).collect();
        let index = match occurrence {
            0 => 0,
            from_start @ 1.. => usize::try_from(from_start - 1).ok()?,
            from_end => all.len().checked_sub(usize::try_from(from_end.unsigned_abs()).ok()?)?,
        };
        all.get(index).map(|attribute| attribute.text())
    }

    /// As OpenSSL prints it on one line: `/C=FR/CN=example`.
    pub fn oneline(self) -> Vec<u8> {
        let mut out = Vec::new();
        for attribute in self.attributes() {
            out.push(b'/');
            out.extend_from_slice(attribute.name().as_bytes());
            out.push(b'=');
            out.extend(attribute.text());
        }
        out
    }

    /// As RFC 2253 writes it: `CN=example,C=FR`.
    pub fn rfc2253(self) -> Vec<u8> {
        let all: Vec<Attribute<'a>> = self.attributes().collect();
        let mut out = Vec::new();
        for attribute in all.iter().rev() {
            if !out.is_empty() {
                out.push(b',');
            }
            out.extend_from_slice(attribute.name().as_bytes());
            out.push(b'=');
            escape(&attribute.text(), &mut out);
        }
        out
    }
}

impl Attribute<'_> {
    /// Its short name, or its number in dots.
    pub fn name(&self) -> String {
        match ATTRIBUTES.iter().find(|(oid, _)| *oid == self.oid) {
            Some((_, name)) => (*name).to_owned(),
            None => dotted(self.oid),
        }
    }

    /// Its value in UTF-8.
    pub fn text(&self) -> Vec<u8> {
        if !self.is_bmp {
            return self.value.to_vec();
        }
        let units = self.value.chunks_exact(2).map(|pair| u16::from(pair[0]) << 8 | u16::from(pair[1]));
        char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{fffd}')).collect::<String>().into_bytes()
    }
}

fn escape(text: &[u8], out: &mut Vec<u8>) {
    for (at, &byte) in text.iter().enumerate() {
        let at_edge = at == 0 || at + 1 == text.len();
        match byte {
            b',' | b'+' | b'"' | b'\\' | b'<' | b'>' | b';' => out.extend([b'\\', byte]),
            b'#' if at == 0 => out.extend([b'\\', byte]),
            b' ' if at_edge => out.extend([b'\\', byte]),
            b' '..=b'~' => out.push(byte),
            _ => out.extend_from_slice(format!("\\{byte:02X}").as_bytes()),
        }
    }
}

fn dotted(oid: &[u8]) -> String {
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc = 0u64;
    for byte in oid {
        arc = arc << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if arcs.is_empty() {
                let first = (arc / 40).min(2);
                arcs.extend([first, arc - first * 40]);
            } else {
                arcs.push(arc);
            }
            arc = 0;
        }
    }
    arcs.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

fn known(table: &[(&[u8], &'static str)], oid: &[u8]) -> &'static str {
    table.iter().find(|(known, _)| *known == oid).map_or("UNDEF", |(_, name)| name)
}

static ATTRIBUTES: &[(&[u8], &str)] = &[
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 4], "SN"),
    (&[0x55, 4, 5], "serialNumber"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 9], "street"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x55, 4, 12], "title"),
    (&[0x55, 4, 13], "description"),
    (&[0x55, 4, 15], "businessCategory"),
    (&[0x55, 4, 17], "postalCode"),
    (&[0x55, 4, 41], "name"),
    (&[0x55, 4, 42], "GN"),
    (&[0x55, 4, 43], "initials"),
    (&[0x55, 4, 44], "generationQualifier"),
    (&[0x55, 4, 46], "dnQualifier"),
    (&[0x55, 4, 65], "pseudonym"),
    (&[0x55, 4, 97], "organizationIdentifier"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "emailAddress"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "UID"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
];

static SIGNATURES: &[(&[u8], &str)] = &[
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4], "RSA-MD5"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5], "RSA-SHA1"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10], "RSASSA-PSS"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11], "RSA-SHA256"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12], "RSA-SHA384"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13], "RSA-SHA512"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1], "ecdsa-with-SHA1"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2], "ecdsa-with-SHA256"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3], "ecdsa-with-SHA384"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4], "ecdsa-with-SHA512"),
    (&[0x2b, 0x65, 0x70], "ED25519"),
    (&[0x2b, 0x65, 0x71], "ED448"),
];

static KEYS: &[(&[u8], &str)] = &[
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], "rsaEncryption"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10], "rsassaPss"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], "id-ecPublicKey"),
    (&[0x2b, 0x65, 0x70], "ED25519"),
    (&[0x2b, 0x65, 0x71], "ED448"),
];

/// Reads tags and lengths from the front; what is too short gives nothing.
#[derive(Clone, Copy)]
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The contents of the next element if it has this tag; nothing is read otherwise.
    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.peek()? != tag { None } else { self.any().map(|(_, contents)| contents) }
    }

    /// The tag and the contents of the next element.
    fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (digits, rest) =
                rest.split_at_checked(usize::from(first & 0x7f)).filter(|(digits, _)| digits.len() <= 4)?;
            (digits.iter().fold(0usize, |sum, digit| sum << 8 | usize::from(*digit)), rest)
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, contents))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_openssl_made() {
        let mut params = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CountryName, "FR");
        params.distinguished_name.push(rcgen::DnType::OrganizationName, "Some, \"Org\"");
        params.distinguished_name.push(rcgen::DnType::CommonName, "client \u{e9}");
        params.serial_number = Some(rcgen::SerialNumber::from(vec![0, 0xff, 0x12]));
        let key = rcgen::KeyPair::generate().unwrap();
        let made = params.self_signed(&key).unwrap();
        let certificate = Certificate::parse(made.der()).unwrap();
        assert_eq!((certificate.version, certificate.serial), (3, &[0xff, 0x12][..]));
        assert_eq!((certificate.key, certificate.signature), ("id-ecPublicKey", "ecdsa-with-SHA256"));
        assert_eq!(certificate.subject.oneline(), "/C=FR/O=Some, \"Org\"/CN=client \u{e9}".as_bytes());
        assert_eq!(certificate.issuer.rfc2253(), b"CN=client \\C3\\A9,O=Some\\, \\\"Org\\\",C=FR");
        assert_eq!(certificate.subject.entry("cn", 0).unwrap(), "client \u{e9}".as_bytes());
        assert_eq!(certificate.subject.entry("o", -1).unwrap(), b"Some, \"Org\"");
        assert_eq!(certificate.subject.entry("OU", 1), None);
        assert_eq!(certificate.not_before.last(), Some(&b'Z'));
    }

    #[test]
    fn broken_certificates_give_nothing() {
        let key = rcgen::KeyPair::generate().unwrap();
        let made = rcgen::CertificateParams::new(vec!["a".to_owned()]).unwrap().self_signed(&key).unwrap();
        for end in 0..made.der().len() {
            assert_eq!(Certificate::parse(&made.der()[..end]), None, "{end}");
        }
        assert_eq!(dotted(&[0x2a, 0x86, 0x48]), "1.2.840");
    }
}
