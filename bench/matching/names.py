"""Parts of Indonesian names, commonest first. Every person made from them is invented.

The lists are our own: tokens that anybody in the country would know, by origin. Rare names come from combining
Javanese, Sundanese and Madurese stems with their endings, as people do. How often a part is used falls with its
rank (Zipf, as the counts of Dukcapil do; ``docs/explanation/matching-figures.md``).
"""

from __future__ import annotations

import itertools
from bisect import bisect
from dataclasses import dataclass
from random import Random
from typing import Final


def _words(text: str) -> list[str]:
    return text.split()


JAVANESE_MEN: Final = """
Sutrisno Slamet Mulyadi Supardi Supriyanto Wahyudi Suparman Suyono Suwarno Sukardi Mulyono Suryadi Sumarno Suparno
Supriyadi Santoso Riyanto Haryanto Purwanto Widodo Joko Eko Agus Budi Bambang Heru Bagus Hariyanto Sugiyanto Sunaryo
Sudarman Sukarman Suwandi Sutikno Suyitno Suratno Sumardi Sukirman Suharno Sukiman Suroso Subandi Kuswanto Setyo
Prasetyo Wibowo Hartono Darmawan Purnomo Utomo Cahyono Hariadi Yanto Parno Paijo Paimin Tukiran Tukimin Wagimin
Sarmin Ngadimin Ngadiman Samidi Samin Saimin Kasiman Karno Karto Marto Darmo Warsito Warsidi Wasito Wiyono Triyono
Priyono Pardi Pardiman Jumadi Jumari Jumeno Juwari Kusnadi Kusno Tarmuji Tarno Sarno Sardi Sadiman Satiman Rusdi
Rusdianto Rudianto Hadi Aris Ari Adi Teguh Tejo Gito Giman Giyanto Giyono Parjo Ponimin Ponijo Legiman Legimin Wage
Waluyo Basuki Untung Bejo Bero Pujiono Pujianto Harsono Harjono Harjo Daryono Daryanto Marsudi Mardi Mardiyanto
Nuryanto Edi Dwi Tri Danang Dadang Joni Gunawan Setiawan Kurniawan Irawan Hermawan Wicaksono Nugroho Prabowo
Raharjo Wijaya Wijanarko Yuwono Susilo Susanto Subagyo Sudarto Sudibyo Sugeng Suhardi Suhartono Sujarwo Sujono
"""

JAVANESE_WOMEN: Final = """
Sulastri Sumiati Sumarni Sunarti Kartini Suparmi Suwarni Sri Tuminah Wagiyem Paijem Ngatiyem Ngatmi Painem Tukiyem
Sutiyem Sukiyem Sukinem Tuminem Katinem Kasiyem Wakinem Sarinem Samirah Sainah Kasmi Parti Tumini Warsini Martini
Hartini Suhartini Sumini Sutini Suratmi Sulasmi Sugiarti Supinah Suprihatin Sumiyati Suliyati Sukarti Sukiarti
Suratin Sutarmi Sutinah Siti Marsini Marsinah Mursinah Jumiati Jumirah Jumini Juminten Lasmi Lasmini Lestari Rahayu
Wahyuni Ningsih Setyowati Wulandari Astuti Handayani Utami Purwati Purwanti Retno Endang Dwi Tri Eka Yuni Wiji
Winarsih Winarni Wartini Warni Yatmi Yatini Mulyani Mulyati Mujiati Mujiyem Mariyem Mariyati Murni Murtini Narti
Ngatini Ngadinah Ngatinah Parmi Partini Pariyem Ponirah Poniyem Pujiati Rubiah Rubiyem Rukmini Rumini Rusmini
Sakinah Saminem Sariyem Sarti Satinah Semi Suminah Sunarsih Supadmi Suparti Supiyah Supiyati Sutarni Tarmini Temu
Titik Tutik Wagirah Waginah Wasinah Wasiyem Yayuk Yuliati Yuliani Anik Nanik Ninik Nunik Asih Dewi Ratna Sekar
"""

SUNDANESE_MEN: Final = """
Asep Ujang Dadang Dedi Deden Endang Cecep Jajang Tatang Nanang Wawan Iwan Yayan Aan Ade Agus Maman Eman Oman Odang
Aang Aceng Acep Aep Aip Amas Anang Apandi Asmaran Atang Ating Dede Didin Dodi Dudung Eutik Encep Engkus Entang Enjang
Gugun Herman Ihin Ikin Iyan Jaja Jujun Karna Karta Kosasih Koswara Kusnadi Lili Mamat Mamad Momon Nandang Nana Nanan
Odih Ohim Omo Otong Oyo Rohimat Ruhimat Ruhiyat Sarip Solihin Suhendar Suherman Sukmana Sumpena Sunandar Supriatna
Suryana Sutisna Tarya Tata Toto Uci Udin Uen Uju Usep Uus Wasta Yadi Yana Yaya Yayat Yogi Yosep Yuyun Zaenal
Permana Mulyana Setiana Hidayat Nugraha Kurnia Sanjaya Supriadi Sobandi Sopandi Suganda Sukarya Carsa Carya Wardi
Tarsa Rasta Darsa Castra Tarjo Warsa Rasman Kasdi Tasman
"""

SUNDANESE_WOMEN: Final = """
Enung Euis Iis Imas Eti Etty Titin Tati Tita Teti Iceu Icah Icih Entin Eem Een Elis Enok Enah Engkar Epon Cucu Cicih
Dedeh Didah Edah Ela Elah Nining Nunung Nani Neneng Nenah Odah Odeh Onih Ooh Oom Rokayah Rohaeti Rohaeni Rohanah
Rohmah Sopiah Suhaeti Sukaesih Sumiyati Tuti Tintin Uun Unah Uju Wiwi Wiwin Yati Yayah Yeti Yoyoh Yuyun Yuningsih
Kurniasih Komariah Komalasari Mimin Mumun Lilis Lelis Iyah Iyam Iyoh Aisah Ai Ade Anih Atikah Ecin Eros Eulis Ijah
Inah Ipah Isah Jenab Julaeha Juju Jujuh Kokom Kokoy Lina Maryamah Omah Omas Popon Rodiah Saadah Saenah Sutiah
Tarsih Tarwi Warsiti Casmi Casinah Carsinah Daryati Kaswati Rasinah Taryati
"""

MADURESE_MEN: Final = """
Hosnan Busiri Matali Mattali Moh Sahri Saleh Samsuri Subaidi Sanusi Suhri Sunawi Buhari Misnadi Misran Misdi Misto
Tohari Muhri Musahri Marsuki Marzuki Matrawi Matsuri Mat Nawawi Niman Rasidi Rahwini Ridwan Sahid Sahrawi Satuki
Suradi Suwadi Hosen Husen Holil Hamid Halili Hasin Asmawi Asnawi Abdur Durahman Absari Ahmadi Anwari Arsuki Bakri
Basri Imron Ismail Jauhari Jufri Jupri Juhari Khotib Kholil Mahfud Mudhar Muni Mustofa Pusadi Sadin Saiful Sattar
Sumarto Suto Toha Tolak Yasin Zaini Zainol
"""

MADURESE_WOMEN: Final = """
Misnatun Misnah Hosniyah Hosnah Sahriya Sahriyah Suriyani Sumati Samina Saniyah Saodah Sarifah Satuni Jumaati Jumaina
Jumainah Kamaliyah Kamariyah Halimah Hamidah Hatijah Hotimah Homsiyah Horriyah Horiyah Jamilah Juwairiyah Mahmudah
Maimunah Marhamah Maryam Maryati Maisaroh Muslimah Mutmainnah Nafiah Nahrawiyah Nasiyah Nuraida Rahmah Rasiyah
Rohmatun Romlah Rukayyah Rumiyati Sabariyah Salama Salamah Salimah Samsinah Sawiyah Siyani Suhriyah Sunarwiyah
Supiyani Sutima Tima Tija Toyyibah Ummi Umi Busiyah Busiya Buhati Asmani Asmaniyah Aminatun Zubaidah
"""

BUGIS_MEN: Final = """
Baharuddin Ambo Andi Beddu Bahtiar Basri Burhanuddin Ansar Arsyad Asse Daeng Darwis Hamzah Hasanuddin Jamaluddin
Kaharuddin Lahamuddin Mansyur Muhtar Mustamin Naharuddin Nasruddin Rusli Rusdin Saharuddin Salahuddin Samsuddin
Sirajuddin Syamsuddin Syarifuddin Tahir Takdir Tamrin Usman Wahyuddin Zainuddin Amiruddin Alimuddin Abidin Aris
Akbar Amir Asri Iskandar Ilyas Junaidin Kamaruddin Makmur Mappa Massa Muslimin Palallo Ramli Sainuddin Sudirman
"""

BUGIS_WOMEN: Final = """
Hasnawati Kasmawati Rosmawati Rosnawati Hasnah Hasna Hajrah Hasni Hasniati Herlina Indo Jumriah Jumriati Kartini
Mardiana Mariama Masni Megawati Misnawati Naharia Nuraeni Nurhayati Nurlina Nurjannah Nursiah Nurmiati Rahmatia
Ramlah Ratnawati Rusdiana Rusniah Sahariah St Sitti Suarni Sukmawati Suriani Syamsiah Syarifah Tenri Wahida Hariati
Harmawati Hasmawati Indrawati Irmawati Jumiati Juhaeni Nurbaya Nurdiana Rosdiana Rostina Rostini Saripa Sumarni
"""

BATAK_MEN: Final = """
Parlindungan Saut Sahat Togar Tigor Hotman Binsar Bonar Jonner Jhonson Robert Ronal Rinto Manuel Maruli Marolop
Hasiholan Halomoan Poltak Pangihutan Monang Mangasi Lamhot Jekson Jefri Hendrik Edison Charles Bernard Benyamin
Anton Antonius Andreas Daniel David Darwin Samuel Simon Thomas Yohanes Yosua Martin Petrus Paulus Lukas
"""

BATAK_WOMEN: Final = """
Rosmaida Rosinta Rotua Romauli Roslin Rosdiana Tiur Tiarma Tiurma Tiominar Sondang Saur Ria Risma Riris Resmi Nurmala
Marta Maria Magdalena Lasma Lamria Lamtiar Kristina Juliana Herta Hotmaida Helena Elisabeth Dumaria Dewita Debora
Christina Bertha Basaria Anita Agnes Agustina Yohana Veronika Theresia Sarah Ruth Natalia Monika
"""

CLANS: Final = """
Situmorang Siregar Sitorus Simanjuntak Sihombing Silalahi Sinaga Nasution Lubis Harahap Hutapea Hutagalung Hutabarat
Manurung Marpaung Nababan Nainggolan Napitupulu Panjaitan Pasaribu Panggabean Pardede Purba Rajagukguk Saragih
Sembiring Ginting Tarigan Simbolon Simatupang Tambunan Tampubolon Damanik Barus Karo Rombe Tandi Liling Allo
Pattiwael Latuconsina Matulessy Wenda Kogoya Tabuni Rumbiak Wanggai Tanjung Chaniago Koto Piliang Sikumbang Guci Caniago
"""

MINANG_MEN: Final = """
Syafrizal Syahrial Yulizar Afrizal Alfian Alpian Asril Anasrul Azwar Bustami Dasril Desrizal Efrizal Erizal Fadlan
Firman Firdaus Gusrizal Hendri Herman Ismed Jasman Jufrizal Khairul Masrul Masrizal Nasrul Nofrizal Rizal Rusdi
Rustam Suhaimi Syafri Syafruddin Syahril Syamsir Tasman Yusrizal Zulkifli Zulfahmi Zulkarnain Zulhendri Zainal
"""

MINANG_WOMEN: Final = """
Yusnidar Yulidar Yulinar Wirdawati Upik Syamsidar Syafrida Rosmanidar Rosnidar Roslaini Ratnawilis Rafni Nurlela
Nurlaila Nurjanah Nurhayati Nelfi Murniati Mardianis Marlina Lismawati Lindawati Kasmawati Jusmaniar Gusnidar
Fatmawati Ernawati Erlinda Elvi Elfina Desmiarti Dahniar Dasniar Asmiati Asnidar Arnida Aisyah Yenti Yenni Zuraida
"""

BALINESE_MEN: Final = """
Wayan Made Nyoman Ketut Putu Kadek Komang Gede Gusti Ngurah Agung Oka Rai Suardana Sudiarta Sukarja Suparta Suweca
Wirawan Widiana Yasa Arta Artawan Budiarta Darma Dharma Eka Merta Mudita Mustika Nuarta Parwata Rata Suartika Subawa
"""

BALINESE_WOMEN: Final = """
Wayan Made Nyoman Ketut Putu Kadek Komang Luh Gusti Ayu Suartini Sukerti Suryani Sudiani Sulastri Suarni Sumerti
Wiratni Widiani Yuliani Ariani Artini Budiasih Citrawati Darmiati Ekayani Mariani Murniasih Nilawati Puspawati Rai
"""

ARABIC_MEN: Final = """
Muhammad Ahmad Abdul Nur Ismail Junaidi Rahman Ali Hasan Husein Ibrahim Yusuf Hidayat Maulana Ramadhan Anwar Zainuddin
Sulaiman Syaiful Saiful Syamsul Samsul Miftahul Khairul Rizki Rahmat Ridwan Arifin Imam Hakim Hamid Hamzah Harun
Haris Hasyim Hafidz Habib Fauzi Fauzan Farid Fahmi Faisal Fadli Fadhil Firdaus Fikri Fathur Abdullah Abdurrahman Abu
Akbar Akmal Alwi Amin Amir Ansori Asyari Azis Azhar Bahri Bakar Basir Burhan Busro Daud Djalil Dzaki Fathoni Ghofur
Halim Idris Ihsan Ikhsan Ilham Ilyas Imron Iqbal Irfan Ishak Iskandar Islam Jafar Jalal Jamal Jamaludin Kamal Kamil
Karim Khalid Khoirul Kholid Latif Luthfi Lukman Mahmud Majid Malik Mansur Marwan Masrur Maksum Mubarok Muchlis Mukhtar
Munir Musa Muslim Mustafa Mustakim Muzakki Nasir Nasrullah Nizar Qodir Rafi Rasyid Rofiq Rohman Rosyid Sahal Said Salim
Salman Syafii Syahid Syahrul Syakur Syarif Syukur Taufik Thohir Toha Ubaidillah Umar Usman Wahid Wahab Yahya Yasin Yunus
Zaenal Zainal Zaini Zaki Zakaria Zulfikar Zulkifli Habibi Hanafi Rifai Sofyan Tamrin Thamrin Alfarizi Syaifullah
Komarudin Syarifudin Saripudin Nurdin Kamaludin Jaelani Baihaqi Gazali Muhyidin Badrudin Sirojudin Sholeh Misbahul
"""

ARABIC_WOMEN: Final = """
Nurhayati Siti Nur Fatimah Aminah Aisyah Khadijah Maryam Halimah Hamidah Rohmah Nurul Jamilah Zahra Azizah Hasanah
Rahmah Rahmawati Nurjanah Latifah Jannah Hidayah Sarah Salmah Sofiyah Zainab Zubaidah Zulaikha Umi Ummu Ulfa Uswatun
Afifah Aini Alfiyah Amaliah Amanah Amira Anisa Aqila Arifah Asiyah Asma Asmah Asyifa Atikah Azkia Azzahra Badriyah
Bilqis Faizah Farah Farida Faridah Fauziah Fitri Fitriani Fitriyah Habibah Hafsah Hajar Hanifah Hasna Hilma Hikmah
Humaira Husna Izzah Julaiha Kamila Karimah Khairunnisa Khairiyah Khotimah Lailatul Laila Maftuhah Mahmudah Maimunah
Malihah Mardiyah Marfuah Masruroh Masitoh Mufidah Munawaroh Muslimah Mutiah Nabila Nadhifah Nafisah Naila Najwa
Nasywa Nayla Nikmah Nisa Nursiah Qonita Qurrota Rabiah Rahma Raihana Rodiyah Rofiah Rohaya Rokayah Romlah Rosidah
Rukmana Sabrina Saidah Sakinah Salamah Salma Salsabila Salwa Sania Saodah Shafira Sholihah Silvia Syafira Syahra
Syakila Syarifah Syifa Tsabita Wahidah Widad Yasmin Zahira Zahro Zakiyah Zaskia Zulfa Munifah Musyarofah Maslikhah
"""

MODERN_MEN: Final = """
Putra Pratama Saputra Agus Eko Dimas Bayu Aditya Rizky Rudi Wahyu Andi Andri Hendra Iwan Dedi Edi Budi Yudi Rio Rian
Ryan Reza Riski Rizal Rifki Riko Ricky Roni Ronald Robi Rangga Randi Raka Rafa Rafli Raihan Panji Novan Naufal Nanda
Lucky Leo Kevin Kelvin Julian Jovan Johan Jefri Indra Ilham Ivan Irwan Hari Hanif Gilang Galih Galang Frans Ferdi Feri
Fendi Fandi Fajar Fabian Erwin Erik Egi Doni Dodi Dika Dicky Diki Deni Denis Dewa Daffa Chandra Candra Boy Bobby Bima
Beni Bagas Azka Aziz Arya Arman Ardi Arief Arga Anton Angga Andika Aldi Aldo Alif Alvin Alvian Alfian Akmal Aji Abi
Adrian Adnan Adam Yoga Yogi Yuda Yusril Vino Viki Vicky Valentino Teguh Tegar Surya Steven Sandi Satria Septian Tomi
Tirta Tito Willy Wisnu Zidan Zaki Kenzie Arkana Gibran Rayyan Athar Devan Elvano Farel Fathan Gavin Hafiz Keenan Rakha
Nathan Natanael Marcel Mario Michael Oscar Pandu Pras Rama Rendi Restu Sultan Syahputra Wira Yohan Krisna Lintang
"""

MODERN_WOMEN: Final = """
Putri Dewi Sari Ayu Rina Rini Yuliana Novita Herlina Linda Erna Ernawati Dian Desi Devi Dina Dini Dinda Diah Diana
Ratna Rita Riska Rika Ria Resti Reni Ratih Rani Puspita Puji Nia Novi Nova Niken Nina Nita Neni Nadia Nabila Mutiara
Mira Meri Mega Maya Mawar Maulida Lusi Lina Lia Lestari Lisa Laras Kiki Kartika Karina Kayla Julia Jessica Jihan
Indah Ira Irma Ika Intan Ines Imelda Icha Hesti Heni Helen Hani Gita Fitria Fina Feby Fani Evi Eva Erika Eni Emilia
Elsa Elvi Eli Ela Eka Della Dela Cindy Clara Citra Christina Chika Cantika Bunga Bella Aurel Aurelia Aulia Atika
Astri Asri Ani Anita Anggi Anggun Anggraini Angel Amelia Amanda Alya Alisa Alika Agustina Agnes Adinda Adelia Ade
Yunita Yulia Yuni Yosi Yessi Wulan Winda Widya Weni Wati Viona Vina Vera Vania Umi Tya Tuti Tri Tiara Tina Tika Susi
Susanti Suci Siska Sinta Silvi Shinta Shela Septi Selvi Santi Sandra Safitri Risma Rahma Naura Kanaya Keisha Khanza
Alesha Arsyila Adeeva Queen Rara Raisa Sheila Talita Zivana Ananda April Aprilia Bintang Cahaya Kirana Lavina Melati
"""

SECOND_MEN: Final = """
Putra Pratama Saputra Nur Ramadhan Rahman Maulana Setiawan Hidayat Wijaya Abdul Kurniawan Gunawan Anwar Wahyudi
Irawan Hakim Santoso Ramadhani Prasetyo Arifin Akbar Ibrahim Yusuf Surya Firmansyah Ardiansyah Hermawan Darmawan
Nugroho Nugraha Permana Susanto Fauzi Fauzan Ali Hadi Adi Jaya Aditya Perdana Purnama Utama Fadillah Syahputra
Alfarizi Firdaus Pamungkas Budiman Hartono Mulyana Suryana Supriyadi Wicaksono Wibowo Zulkarnain Mahendra Sanjaya
Alamsyah Yulianto Apriyanto Febrianto Andrianto Oktavian Julianto Septiawan Agustian Desember Fitrah Fadilah Hanafi
Malik Rasyid Karim Said Salim Hasan Majid Rizki Rizky Aziz Huda Fikri Haris Azzam Al Bahri Basri Iskandar Latif Ridho
Kusuma Nusantara Samudra Bagaskara Wardana Wardani Pranata Pradana Prayoga Raharja Laksana Bakti Sakti Mukti Negara
"""

SECOND_WOMEN: Final = """
Putri Nur Sari Dewi Ramadhani Lestari Azzahra Wati Rahayu Ningsih Indah Amelia Astuti Ayu Yanti Aulia Handayani
Anggraini Rahmawati Fitriani Safitri Permatasari Hasanah Hidayah Rohmah Wahyuni Maharani Puspita Puspitasari
Wulandari Agustina Apriliani Oktaviani Septiani Novitasari Yuliani Julianti Febrianti Maulida Salsabila Nabila Zahra
Khairunnisa Fadillah Kurnia Kurniasih Kurniawati Mulyani Utami Pratiwi Oktavia Aprilia Anjani Larasati Kusuma Kinanti
Cahyani Damayanti Damayanti Febriani Hartini Haryani Herawati Indriani Irawati Jannah Kartika Komalasari Kusumawati
Lathifah Mardiana Marlina Melinda Mulia Nadia Novianti Nuraini Oktarina Purnama Rosita Rosmiati Saputri Setiawati
Suryani Susanti Susilawati Syafitri Trisnawati Widyasari Widiastuti Yulianti Yuningsih Hidayati Amalia Aini Azizah
Husna Nisa Syifa Rahma Salma Sulistiawati Mayasari Pertiwi Puspa Ratnasari Rengganis Safira Suci Widya Wijayanti
"""

STREET: Final = """
Codot Botak Gendut Ceking Kribo Jangkung Cungkring Kancil Kentang Bokir Petruk Gareng Semar Bagong Tuyul Ucok Otong
Entong Temon Genjik Bejo Kacong Cebol Pesek Sipit Jenggot Kumis Jabrik Gimbal Gondrong Bolang Boim Kampret Kuncung
Cemong Brewok Dayak Batak Ambon Cino Madura Jawa Penceng Pincang Bisu Budeg Ompong Tembong Buluk Lanang Genduk Lik
Kucing Tikus Jengki Mbendol Sengkuni Togog Bawor Gepeng Kuncir Komeng Sule Doyok Kadir Tukul Bencong Cimeng Gembel
Ateng Ucil Unyil Mandra Kojek Kebo Macan Gajah Kodok Bebek Semut Belut Lele Wedus Blangkon Caping Sarung Karung
Gitar Topi Kaleng Botol Kardus Bendera Payung Radio Terminal Stasiun Pasar Kopral Komandan Jenderal Lurah Ustad
"""

MEN_BEFORE: Final = _words("""
Pak Bapak Mas Kang Bang Mbah Cak Mang Lik Om Abah Aa Pakde H. Ki Dul Bung
""")
WOMEN_BEFORE: Final = _words("""
Bu Ibu Mbak Mbah Teh Bude Mbok Yu Mak Ceu Nyai Hj. Emak Ning Nini Bik
""")
TITLES: Final = ["S.Pd.", "S.E.", "Amd", "Drs.", "S.H.", "S.Kom."]
MUHAMMAD: Final = ["Muhammad"] * 20 + _words("""
Muhamad Muhamad Mohammad Mohamad Mochamad Moch Moh Muh M Mhd Mukhamad Mochammad Mohd
""")
AHMAD: Final = ["Ahmad", "Ahmad", "Ahmad", "Achmad", "Achmad", "Akhmad", "Ach"]
MARIA: Final = _words("""
Maria Yohanes Fransiska Fransiskus Antonius Elisabeth Petrus Paulus Lidwina Kristina
""")

_STEMS_MEN: Final = _words("""
Gi Ja Ji Ka Kar Kir Mar Mi Nar Nya Pa Par Pri Ra Rat Sa Sap Sar Sil Tar Tik Tok Tris Wan War Wig Wil Wit Yat
Yit Yon Had Har Dar Dir Giy Jar Kas Kus Lis Man Nad Nat Par Pon Rip Rus Sam Sar Tam Tas Tin Tom Tum Wag War
Was Yad Yar
""")
_ENDS_MEN: Final = _words("""
man no to di jo min mo san ri anto ono adi ianto iman
""")
_STEMS_WOMEN: Final = _words("""
Gi Ja Ka Kar Kas Kat Mar Mi Mur Nar Pa Par Pat Pon Rat Ri Rum Rus Sa Sal Sam Sap Sar Sat Sut Tar Tin Tum Wag
War Was Wat Yat Jum Jas Las Muj Ngad Ngat Rub Ruk Sem Sup Sur Tuk Yul Has Nur Rod Roh Ros Suh
""")
_STEMS_PIOUS_MEN: Final = _words("""
Zain Syams Khair Nur Jamal Kamal Badr Fakhr Hasan Husn Burhan Bahar Najm Nas Sir Shol Muhy Amin Alim Fath Saif
Taj Imad Izz Qomar Kahar Samir Aswad Ikram Mahfud Nasir Salah Sirat Tamam Wahid Zam Mafr Masr
""")
_ENDS_PIOUS_MEN: Final = _words("""
udin uddin ul ullah an i ani awi uri adi oni ari
""")
_STEMS_PIOUS_WOMEN: Final = _words("""
Nur Khair Mus Rah Hal Zul Maw Mut Az Sal Har Ham Fat Naz Kam Rus Ros Mar Nad Muf Zah Lat Sof Has Hik Naf Raf
Saf Jaw Mun Qor Roh Sun Tah Wid Yum Zak
""")
_ENDS_PIOUS_WOMEN: Final = _words("""
iah iyah imah ifah idah inah atun awati aini iana ida isa ika ilah ihah anah
""")
_STEMS_NEW: Final = _words("""
Al Ar Az Ra Ri Ro Na Ni Ke Key Ze Za Fa Fe De Da Vi Va Ay Ai El Er Ev Ma Mi Ca Ce Gi Ga Ha He Ja Je Ju Ka Ki
Lu Le No Ok Pra Re Sa Se Ti Ta Va Wi Ya Yo
""")
_ENDS_NEW_MEN: Final = _words("""
ka no ndra ndi van vin zka fa rel ren do fian fin yan ldi ngga sta zi thur vano brian nan
""")
_ENDS_NEW_WOMEN: Final = _words("""
lia lya ra nda sya zka nia ni ka lin rin tha sha vita nisa rista nty tika vira relia na
""")
_ENDS_WOMEN: Final = _words("""
inah iyem inem ini mi ti siyah iyati irah iah atun iati ilah sih wati yani
""")


def _combined(before: list[str], stems: list[str], ends: list[str], seed: int) -> list[str]:
    """Rarer names, in an order that no language gives but that is always the same."""
    made = [
        (first + stem.lower() if first else stem) + end for first in before for stem in stems for end in ends
    ]
    made = [word for word in dict.fromkeys(made) if 4 <= len(word) <= 11 and not _clumsy(word)]
    Random(seed).shuffle(made)
    return made


def _clumsy(word: str) -> bool:
    """Nobody can say it: four consonants, or the same vowel twice."""
    low = word.lower()
    return any(
        pair in low
        for pair in ("ii", "aa", "uu", "oo", "ee", "jn", "tm", "td", "dt", "pd", "kd", "tt", "ssi")
    )


@dataclass(frozen=True)
class Pool:
    """Words and the running sum of how often each is used."""

    words: tuple[str, ...]
    sums: tuple[float, ...]

    def pick(self, rng: Random) -> str:
        """One word, common ones more often."""
        return self.words[bisect(self.sums, rng.random() * self.sums[-1])]


def pool(words: list[str], exponent: float = 0.85, offset: float = 4.0) -> Pool:
    """A pool in which rank decides (Zipf with an offset, so that the first is common but not everybody)."""
    once = tuple(dict.fromkeys(words))
    weights = (1.0 / (rank + offset) ** exponent for rank in range(len(once)))
    return Pool(once, tuple(itertools.accumulate(weights)))


def _with_tail(common: str, tail: list[str], share: int) -> list[str]:
    return common.split() + tail[:share]


_TAIL_MEN: Final = _combined(["Su", "", "Mul", "Wi"], _STEMS_MEN, _ENDS_MEN, 11)
_TAIL_WOMEN: Final = _combined(["Su", "", "Mu"], _STEMS_WOMEN, _ENDS_WOMEN, 12)

_TAIL_PIOUS: Final = {
    "L": _combined(["", "Abd"], _STEMS_PIOUS_MEN, _ENDS_PIOUS_MEN, 13),
    "P": _combined(["", "Mu"], _STEMS_PIOUS_WOMEN, _ENDS_PIOUS_WOMEN, 14),
}
_TAIL_NEW: Final = {
    "L": _combined([""], _STEMS_NEW, _ENDS_NEW_MEN, 15),
    "P": _combined([""], _STEMS_NEW, _ENDS_NEW_WOMEN, 16),
}

TRADITIONAL: Final[dict[tuple[str, str], Pool]] = {
    ("java", "L"): pool(_with_tail(JAVANESE_MEN, _TAIL_MEN, 1000)),
    ("java", "P"): pool(_with_tail(JAVANESE_WOMEN, _TAIL_WOMEN, 1000)),
    ("sunda", "L"): pool(_with_tail(SUNDANESE_MEN, _TAIL_MEN[1400:], 250), 0.8),
    ("sunda", "P"): pool(_with_tail(SUNDANESE_WOMEN, _TAIL_WOMEN[1400:], 250), 0.8),
    ("madura", "L"): pool(_with_tail(MADURESE_MEN, _TAIL_MEN[1650:], 150), 0.8),
    ("madura", "P"): pool(_with_tail(MADURESE_WOMEN, _TAIL_WOMEN[1650:], 150), 0.8),
    ("bugis", "L"): pool(BUGIS_MEN.split(), 0.7),
    ("bugis", "P"): pool(BUGIS_WOMEN.split(), 0.7),
    ("batak", "L"): pool(BATAK_MEN.split(), 0.7),
    ("batak", "P"): pool(BATAK_WOMEN.split(), 0.7),
    ("minang", "L"): pool(MINANG_MEN.split(), 0.7),
    ("minang", "P"): pool(MINANG_WOMEN.split(), 0.7),
    ("bali", "L"): pool(BALINESE_MEN.split(), 0.7),
    ("bali", "P"): pool(BALINESE_WOMEN.split(), 0.7),
}
ARABIC: Final = {
    "L": pool(_with_tail(" ".join(ARABIC_MEN.split()[1:]), _TAIL_PIOUS["L"], 330), 0.85),
    "P": pool(_with_tail(ARABIC_WOMEN, _TAIL_PIOUS["P"], 380), 0.85),
}
MODERN: Final = {
    "L": pool(_with_tail(MODERN_MEN, _TAIL_NEW["L"], 330), 0.8),
    "P": pool(_with_tail(MODERN_WOMEN, _TAIL_NEW["P"], 330), 0.8),
}
SECOND: Final = {
    "L": pool(
        _with_tail(SECOND_MEN, [*_TAIL_NEW["L"][330:], *_TAIL_PIOUS["L"][:150], *_TAIL_MEN[-150:]], 300),
        1.0,
        3.0,
    ),
    "P": pool(
        _with_tail(SECOND_WOMEN, [*_TAIL_NEW["P"][330:], *_TAIL_PIOUS["P"][:150], *_TAIL_WOMEN[-150:]], 300),
        1.0,
        3.0,
    ),
}
CLAN: Final = pool(CLANS.split(), 0.6)
STREET_NAMES: Final = pool(STREET.split(), 0.5)

CULTURE_OF_PROVINCE: Final[dict[str, str]] = {
    "12": "batak", "13": "minang", "14": "minang", "32": "sunda", "36": "sunda", "51": "bali", "73": "bugis",
    "74": "bugis", "72": "bugis", "76": "bugis", "64": "bugis", "71": "batak", "53": "batak", "81": "batak",
    "91": "batak", "92": "batak", "94": "batak",
}  # fmt: skip
MADURESE_REGENCIES: Final = frozenset(
    _words("""
35.26 35.27 35.28 35.29 35.11 35.12 35.13 35.08
""")
)


def culture_of(regency: str) -> str:
    """Whose names are given there most; Javanese where nothing else is known (they live everywhere)."""
    if regency in MADURESE_REGENCIES:
        return "madura"
    return CULTURE_OF_PROVINCE.get(regency[:2], "java")
